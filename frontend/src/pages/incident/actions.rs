//! What one does with an incident: look after it, end it with a reason, open it again, tell of it.

use watchkeeper_common::incident::{IncidentDetail, IncidentState};

use super::report;
use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::dialog::Dialog;
use crate::components::field::{Field, Submit, TextField};
use crate::components::latest::Shown;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

pub(super) fn actions(data: Shown<IncidentDetail>, session: Session, changed: Callback<IncidentDetail>) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let resolving = RwSignal::new(false);
    let settle = move |said: &'static str| {
        move |outcome: Result<IncidentDetail, Fault>| match outcome {
            Ok(now) => {
                changed.run(now);
                toaster.good(said);
            }
            Err(fault) => toaster.bad(fault.message()),
        }
    };
    let id = move || data.with_untracked(|data| data.incident.id.clone());
    let acknowledge = move |_| {
        let id = id();
        let said = "Acknowledged. It stays open until its facts are gone.";
        doing.start(session.acknowledge(&id), settle(said));
    };
    let reopen = move |_| {
        let id = id();
        doing.start(session.reopen(&id), settle("Reopened."));
    };
    let state = Memo::new(move |_| data.with(|data| data.incident.state));
    let busy = move || doing.pending().get();
    let word = move |word: &'static str| move || if busy() { "Working…" } else { word };
    view! {
        <div class="buttons">
            <Show when=move || state.get() == IncidentState::Open>
                <button type="button" class="primary" disabled=derived(busy) on:click=acknowledge>{word("Acknowledge")}</button>
            </Show>
            <Show when=move || state.get() != IncidentState::Resolved>
                <button type="button" disabled=derived(busy) on:click=move |_| resolving.set(true)>"Resolve"</button>
            </Show>
            <Show when=move || state.get() == IncidentState::Resolved>
                <button type="button" disabled=derived(busy) on:click=reopen>{word("Reopen")}</button>
            </Show>
            {report::button(data, session)}
        </div>
        <Dialog open=resolving heading="Resolve this incident">
            {resolve_form(data, session, changed, resolving)}
        </Dialog>
    }
}

fn resolve_form(
    data: Shown<IncidentDetail>,
    session: Session,
    changed: Callback<IncidentDetail>,
    open: RwSignal<bool>,
) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let why = Field::new("");
    let wrong = RwSignal::new(None);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let id = data.with_untracked(|data| data.incident.id.clone());
        let why = Some(why.text().trim().to_owned()).filter(|why| !why.is_empty());
        doing.start(session.resolve(&id, why), move |outcome| match outcome {
            Ok(now) => {
                changed.run(now);
                open.set(false);
                toaster.good("Resolved. “Reopen” takes it back.");
            }
            Err(fault) => wrong.set(Some(fault.message())),
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <TextField name="resolve-why" label="What ended it?" field=why placeholder="restarted api-1"
                help="Stands in the timeline and in the messages. While the failure lasts, the next check reopens it."/>
            <Submit verb="Resolve" pending=doing.pending() wrong=wrong/>
        </form>
    }
}
