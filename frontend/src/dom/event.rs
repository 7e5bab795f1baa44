//! Listeners, and the elements they and effects speak to.

use leptos::reactive::owner::{LocalStorage, Owner, on_cleanup};
use leptos::reactive::signal::RwSignal;
use leptos::reactive::traits::{Get, Set};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Event;

use super::node::Node;
use super::window::window;

pub(crate) type Handler = Box<dyn FnMut(Event)>;

/// A handler of an event that is known to be an `E`.
pub(crate) fn handler<E: JsCast>(mut handle: impl FnMut(E) + 'static) -> Handler {
    Box::new(move |event| handle(event.unchecked_into()))
}

/// An event together with the element that listens.
pub(crate) struct Targeted<T>(T);

impl<T: Clone> Targeted<T> {
    pub(crate) fn target(&self) -> T {
        self.0.clone()
    }
}

/// A handler that is told the element, which is known to be a `T`.
pub(crate) fn targeted<T: JsCast>(mut handle: impl FnMut(Targeted<T>) + 'static) -> Handler {
    Box::new(move |event| {
        if let Some(target) = event.current_target() {
            handle(Targeted(target.unchecked_into()));
        }
    })
}

/// Listens as long as it is kept.
pub(crate) struct Listener {
    to: Node,
    event: &'static str,
    run: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn new(to: Node, event: &'static str, handler: Handler) -> Self {
        let run = Closure::wrap(handler);
        to.listen(event, run.as_ref());
        Self { to, event, run }
    }

    pub(crate) fn on_window<E: JsCast>(event: &'static str, handle: impl FnMut(E) + 'static) -> Self {
        Self::new(window().unchecked_into(), event, handler(handle))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // An element that leaves while it has the focus is told so: by then nobody listens.
        self.to.forget(self.event, self.run.as_ref());
    }
}

/// Listens until the owner of this moment is cleaned up; the handler finds the contexts of that owner.
pub(super) fn listen(to: Node, event: &'static str, mut handler: Handler) {
    let owner = Owner::current().unwrap_or_default();
    let listener = Listener::new(to, event, Box::new(move |event| owner.with(|| handler(event))));
    let kept = SendWrapper::new(listener);
    on_cleanup(move || drop(kept));
}

/// A place for an element, filled when the element is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeRef(RwSignal<Option<Node>, LocalStorage>);

impl NodeRef {
    pub(crate) fn new() -> Self {
        Self(RwSignal::new_local(None))
    }

    /// The element as what the markup says it is.
    pub(crate) fn get<T: JsCast>(&self) -> Option<T> {
        self.0.get().map(JsCast::unchecked_into)
    }

    pub(super) fn fill(self, element: Node) {
        self.0.set(Some(element));
    }
}
