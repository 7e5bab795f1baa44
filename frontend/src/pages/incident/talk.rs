//! Who looks after it, and what people write.

use watchkeeper_common::incident::IncidentDetail;

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::field::{Field, TextArea, spread};
use crate::components::latest::Shown;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

pub(super) fn form(data: Shown<IncidentDetail>, session: Session, changed: Callback<IncidentDetail>) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let text = Field::new("");
    let wrong = RwSignal::new(None);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let said = text.text();
        if !text.check(said.trim().is_empty().then(|| "Write something first.".to_owned())) {
            return;
        }
        let id = data.with_untracked(|data| data.incident.id.clone());
        doing.start(session.comment(&id, said), move |outcome| match outcome {
            Ok(now) => {
                text.value.set(String::new());
                changed.run(now);
                toaster.good("Your comment stands in the timeline.");
            }
            Err(fault) => wrong.set(spread(&fault, &[("text", text)])),
        });
    };
    view! {
        <section class="card" aria-labelledby="talk-heading">
            <div class="card-head"><h2 id="talk-heading">"Work on it"</h2>{assignee(data, session, changed)}</div>
            <form on:submit=submit novalidate>
                <TextArea name="comment" label="Comment" field=text help="For the timeline and the post-mortem; nobody is messaged."/>
                <p class="notice bad" role="alert" hidden=derived(move || wrong.with(Option::is_none))>{dynamic(move || wrong.get())}</p>
                <div class="buttons">
                    <button type="submit" disabled=derived(move || doing.pending().get())>
                        {dynamic(move || if doing.pending().get() { "Writing…" } else { "Add comment" })}
                    </button>
                </div>
            </form>
        </section>
    }
}

/// Nobody, or the one person of this account.
fn assignee(data: Shown<IncidentDetail>, session: Session, changed: Callback<IncidentDetail>) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let me = session.me();
    let current = Memo::new(move |_| data.with(|data| data.incident.assignee.clone()));
    let toggle = move |_| {
        let id = data.with_untracked(|data| data.incident.id.clone());
        let to = match current.get_untracked() {
            Some(_) => None,
            None => me.get_untracked().map(|me| me.username),
        };
        doing.start(session.assign(&id, to), move |outcome| match outcome {
            Ok(now) => changed.run(now),
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    view! {
        <span class="assignee">
            <span class="muted small">{dynamic(move || current.get().map_or_else(|| "Nobody looks after it".to_owned(), |who| format!("{who} looks after it")))}</span>
            <button type="button" class="small" disabled=derived(move || doing.pending().get()) on:click=toggle>
                {dynamic(move || match (doing.pending().get(), current.get()) {
                    (true, _) => "Working…",
                    (false, None) => "Assign to me",
                    (false, Some(_)) => "Unassign",
                })}
            </button>
        </span>
    }
}
