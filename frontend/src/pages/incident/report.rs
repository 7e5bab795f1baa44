//! The post-mortem: read, copied or saved as Markdown.

use watchkeeper_common::incident::IncidentDetail;

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::copy::CopyButton;
use crate::components::dialog::Dialog;
use crate::components::latest::Shown;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

pub(super) fn button(data: Shown<IncidentDetail>, session: Session) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let open = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let fetch = move |_| {
        let id = data.with_untracked(|data| data.incident.id.clone());
        doing.start(session.post_mortem(&id), move |outcome| match outcome {
            Ok(told) => {
                text.set(told);
                open.set(true);
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let file = move || {
        let address = String::from(js_sys::encode_uri_component(&text.read()));
        format!("data:text/markdown;charset=utf-8,{address}")
    };
    let name = move || data.with(|data| format!("post-mortem-{}.md", data.incident.id));
    view! {
        <button type="button" disabled=derived(move || doing.pending().get()) on:click=fetch>
            {dynamic(move || if doing.pending().get() { "Writing…" } else { "Post-mortem" })}
        </button>
        <Dialog open=open heading="Post-mortem">
            <p class="muted">"Markdown for your wiki or ticket: cause, evidence, actions, timeline and comments. Text from outside is escaped."</p>
            <pre class="well document" tabindex="0" aria-label="Post-mortem as Markdown">{dynamic(move || text.get())}</pre>
            <div class="buttons">
                <a class="button primary" href=derived(file) download=derived(name)>"Download"</a>
                <CopyButton text=text/>
            </div>
        </Dialog>
    }
}
