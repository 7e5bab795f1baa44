//! The dashboard of Watchkeeper, rendered in the browser.

use leptos::prelude::*;

fn main() {
    leptos::mount::mount_to_body(|| view! { <main><h1>"Watchkeeper"</h1></main> });
}
