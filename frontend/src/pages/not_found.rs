//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::title::title;
use crate::routes::Place;

pub(crate) fn not_found() -> impl IntoView {
    title(|| "Not found".to_owned());
    view! {
        <main class="gate">
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped, or what was here is gone."</p>
            <A href=Place::Overview.href() attr:class="button">"Go to the overview"</A>
        </main>
    }
}
