//! What draws the pages: markup with holes, on the reactive system of Leptos.
//!
//! Leptos' own views are types as deep as the page, and each of them is compiled: with them the dashboard is 130 kB larger
//! (Brotli, of 550). Here everything that can be shown is one type, [`Piece`], and a view is a string of HTML the browser
//! parses, plus what fills its holes. Signals, memos, effects, owners and contexts are Leptos' own.
//!
//! * [`Markup`] is what `view!` makes: HTML, and steps that fill its holes in order.
//! * [`IntoPiece`] says what can stand in the page, [`IntoValue`] what can stand in an attribute.
//! * [`dynamic`] is a region that is drawn anew when something it reads changes; [`keyed`] a list that keeps its rows.
//!
//! Whatever lives as long as a piece (effects, listeners) belongs to the owner it was made under: a region's and a row's are
//! cleaned up when they are drawn anew or leave.

mod children;
mod event;
mod focus;
mod keyed;
mod markup;
mod memo;
mod node;
mod piece;
pub(crate) mod prelude;
mod region;
mod value;
mod window;

pub(crate) use children::{Children, ChildrenFn, Props, ToChildren, props_of};
pub(crate) use event::{Listener, NodeRef, handler, targeted};
pub(crate) use keyed::{each, keyed};
pub(crate) use markup::Markup;
pub(crate) use memo::{Held, Memo};
pub(crate) use piece::{CollectView, IntoPiece, Piece};
pub(crate) use region::{Show, dynamic};
pub(crate) use value::{IntoValue, derived};

use leptos::reactive::effect::{Effect, RenderEffect};
use leptos::reactive::owner::{Owner, on_cleanup};

use wasm_bindgen::JsCast;

/// Runs `run` once the page is drawn and whenever something it reads changed, with what it returned before.
pub(crate) fn effect<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    let mut before = None;
    later(Box::new(move || before = Some(run(before.take()))));
}

fn later(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

/// Runs `draw` now and whenever something it reads changed, until the owner of this moment is cleaned up.
fn follow(mut draw: Box<dyn FnMut()>) {
    let effect = RenderEffect::new(move |_: Option<()>| draw());
    on_cleanup(move || drop(effect));
}

/// Draws `page` at the end of the body, for as long as the browser shows this document.
pub(crate) fn mount(page: fn() -> Piece) {
    // Fails where there is one already, which then is as good.
    any_spawner::Executor::init_wasm_bindgen().unwrap_or_default();
    let owner = Owner::new();
    if let (Some(page), Some(body)) = (owner.with(page).into_node(), window::document().body()) {
        body.unchecked_into::<node::Node>().append(&page);
    }
    std::mem::forget(owner);
}
