//! Which address is shown, and going to another one without loading the page anew.
//!
//! Knows addresses, not pages: `routes` says what is where.

mod link;
mod path;

pub(crate) use link::{A, Redirect};
pub(crate) use path::{Query, is_below, matched};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, MouseEvent};

use crate::dom::prelude::*;

/// The address as it is.
#[derive(Clone, Copy)]
pub(crate) struct Router {
    path: RwSignal<String>,
    query: RwSignal<Query>,
}

/// The address as one page sees it: unchanged once another page is shown, so that nothing is asked for in passing.
#[derive(Clone, Copy)]
pub(crate) struct Here {
    /// What stands for `:id` in the page's address.
    pub(crate) id: Memo<String>,
    pub(crate) query: Memo<Query>,
}

/// How to go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NavigateOptions {
    /// To the top of the page.
    pub(crate) scroll: bool,
    /// Instead of the current address, which Back then leaves out.
    pub(crate) replace: bool,
}

impl Default for NavigateOptions {
    fn default() -> Self {
        Self { scroll: true, replace: false }
    }
}

/// Makes the one router, which follows links, Back and Forward as long as the application lives.
pub(crate) fn provide() {
    let router = Router { path: RwSignal::default(), query: RwSignal::default() };
    router.read();
    provide_context(router);
    on_window("popstate", move |_: web_sys::Event| router.read());
    on_window("click", move |event: MouseEvent| {
        if let Some(to) = ours(&event) {
            event.prevent_default();
            router.go(&to, NavigateOptions::default());
        }
    });
}

pub(crate) fn use_router() -> Router {
    expect_context()
}

/// The address's path.
pub(crate) fn use_path() -> Signal<String> {
    use_router().path.into()
}

/// What stands for `:id` in the page's address.
pub(crate) fn use_id() -> Memo<String> {
    expect_context::<Here>().id
}

/// What stands behind the `?` of the page's address.
pub(crate) fn use_query() -> Memo<Query> {
    expect_context::<Here>().query
}

pub(crate) fn use_navigate() -> impl Fn(&str, NavigateOptions) + Copy {
    let router = use_router();
    move |to, how| router.go(to, how)
}

impl Router {
    pub(crate) fn path(&self) -> Signal<String> {
        self.path.into()
    }

    pub(crate) fn query(&self) -> Signal<Query> {
        self.query.into()
    }

    fn go(&self, to: &str, how: NavigateOptions) {
        if let Ok(history) = window().history() {
            // Refused only where an address is of another origin, which ours are not.
            if how.replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(to)).unwrap_or_default();
            } else if *to != shown() {
                history.push_state_with_url(&JsValue::NULL, "", Some(to)).unwrap_or_default();
            }
        }
        self.read();
        if how.scroll {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Takes over what the address bar says.
    fn read(&self) {
        let location = window().location();
        let path = location.pathname().unwrap_or_default();
        let query = Query::parse(&location.search().unwrap_or_default());
        if self.path.with_untracked(|known| *known != path) {
            self.path.set(path);
        }
        if self.query.with_untracked(|known| *known != query) {
            self.query.set(query);
        }
    }
}

fn shown() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Where a click leads that this application follows itself; the browser follows all others.
fn ours(click: &MouseEvent) -> Option<String> {
    let modified = click.meta_key() || click.alt_key() || click.ctrl_key() || click.shift_key();
    if click.default_prevented() || click.button() != 0 || modified {
        return None;
    }
    let target: web_sys::Element = click.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.unchecked_into();
    let elsewhere = !link.target().is_empty() || link.has_attribute("download") || link.rel() == "external";
    let within = link.origin() == window().location().origin().ok()? && is_below(&link.pathname(), "/app");
    // A place on the same page is the browser's to go to.
    (within && !elsewhere && link.hash().is_empty()).then(|| link.pathname() + &link.search())
}
