//! Stands over every page that shows a demo: that none of it is real, and the ways out.

use crate::api::{Session, view};
use crate::components::action::Doing;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::routes::Place;

#[component]
pub(crate) fn DemoStrip(session: Session) -> impl IntoPiece {
    let removing = Doing::new();
    let toaster = use_toaster();
    let remove = move |_| {
        removing.start(session.remove_demo(), move |outcome| match outcome {
            // Loaded anew: nothing of the demo stays on the page.
            Ok(()) => leave(),
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    view::is_demo().then(|| view! {
        <aside class="demo-strip" aria-label="Demo">
            <p><strong>"You are looking at a demo outage."</strong> " None of this is real."</p>
            <a href=Place::Demo.path() rel="external" class="button small">"Leave"</a>
            <button type="button" class="small" on:click=remove disabled=derived(move || removing.pending().get())>"Remove"</button>
        </aside>
    })
}

fn leave() {
    // The browser refuses only what is no address; this is one.
    window().location().assign(&Place::Demo.path()).unwrap_or_default();
}
