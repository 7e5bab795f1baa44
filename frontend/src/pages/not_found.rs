//! An address that leads nowhere.

use crate::components::title::title;
use crate::dom::prelude::*;
use crate::router::A;
use crate::routes::Place;

pub(crate) fn not_found() -> impl IntoPiece {
    title(|| "Not found".to_owned());
    view! {
        <main class="gate">
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped, or what was here is gone."</p>
            <A href=Place::Overview.href() class="button">"Go to the overview"</A>
        </main>
    }
}
