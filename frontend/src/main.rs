//! The dashboard of Watchkeeper, rendered in the browser.
//!
//! `api` speaks to the server, `model` knows numbers and words, `components` are free of this product's nouns, `pages` put
//! them together, and `routes` says where each page is. `dom` draws, `router` knows the address.

mod api;
mod app;
mod components;
mod dom;
mod model;
mod pages;
mod router;
mod routes;

fn main() {
    dom::mount(app::App);
}
