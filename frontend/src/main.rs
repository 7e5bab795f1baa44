//! The dashboard of Watchkeeper, rendered in the browser.
//!
//! `api` speaks to the server, `model` knows numbers and words, `components` are free of this product's nouns, `pages` put
//! them together, and `routes` says where each page is.

mod api;
mod app;
mod components;
mod model;
mod pages;
mod routes;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
