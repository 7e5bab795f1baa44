//! What is kept, taking it along, and leaving.

use watchkeeper_common::auth::DeleteAccount;
use watchkeeper_common::settings::RetentionSettings;

use super::Tabs;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::dialog::Dialog;
use crate::components::field::{Field, Submit, TextField, spread};
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::form;

/// The longest that resolved incidents can be told to be kept.
const LONGEST_INCIDENTS: u32 = 3650;

pub(crate) fn data(session: Session) -> Piece {
    title(|| "Data".to_owned());
    let kept = live(nouns![Settings], || (), move |()| session.retention());
    view! {
        <Tabs/>
        <section class="card" aria-labelledby="kept-heading">
            <h2 id="kept-heading">"How long things are kept"</h2>
            {remote(kept, Skeleton::Text, move |now| view! {
                <Retention session=session kept=now.get_untracked() saved=move |now| kept.put(now)/>
            })}
        </section>
        <Export session=session/>
        <Leaving session=session/>
    }
}

#[component]
fn Retention(
    session: Session,
    kept: RetentionSettings,
    #[prop(into)] saved: Callback<RetentionSettings>,
) -> impl IntoPiece {
    let field = |days: Option<u32>| Field::new(days.map(|days| days.to_string()).unwrap_or_default());
    let fields @ [batches, anomalies, causes, incidents] =
        [kept.batches_days, kept.anomalies_days, kept.root_causes_days, kept.incidents_days].map(field);
    let longest = kept.longest_days;
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let read = move || {
        let days = |field: Field, most: u32| {
            let text = field.text();
            field.parse(if text.trim().is_empty() { Ok(None) } else { form::whole(&text, 1, most).map(Some) })
        };
        let [batches, anomalies, causes] = [batches, anomalies, causes].map(|field| days(field, longest));
        let incidents = days(incidents, LONGEST_INCIDENTS);
        Some(RetentionSettings {
            batches_days: batches?,
            anomalies_days: anomalies?,
            root_causes_days: causes?,
            incidents_days: incidents?,
            longest_days: 0,
        })
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let Some(wanted) = read() else { return };
        doing.start(session.save_retention(&wanted), move |outcome| match outcome {
            Ok(now) => {
                toaster.good("Saved. What is older is deleted within minutes.");
                saved.run(now);
            }
            Err(fault) => {
                let names = ["batches_days", "anomalies_days", "root_causes_days", "incidents_days"];
                let named: Vec<_> = names.into_iter().zip(fields).collect();
                wrong.set(spread(&fault, &named));
            }
        });
    };
    let server = Signal::stored(longest.to_string());
    view! {
        <p class="muted">{format!(
            "In days. Empty: {longest}, as this server keeps them; resolved incidents: for good. Open incidents stay in any case. \
             What is deleted does not come back.",
        )}</p>
        <form on:submit=submit novalidate>
            <TextField name="batches-days" label="Batches" field=batches placeholder=server/>
            <TextField name="anomalies-days" label="Anomalies" field=anomalies placeholder=server/>
            <TextField name="causes-days" label="Root causes" field=causes placeholder=server/>
            <TextField name="incidents-days" label="Resolved incidents" field=incidents placeholder="for good"/>
            <Submit verb="Save days" pending=doing.pending() wrong=wrong/>
        </form>
    }
}

#[component]
fn Export(session: Session) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let export = move |_| {
        doing.start(Box::pin(async move { session.export().await }), move |outcome| match outcome {
            Ok(()) => toaster.good("Your data is in your downloads."),
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    view! {
        <section class="card" aria-labelledby="export-heading">
            <h2 id="export-heading">"Take your data along"</h2>
            <p>"Everything this account has, as lines of JSON. Passwords, keys and webhook addresses are left out."</p>
            <p><button type="button" disabled=derived(move || doing.pending().get()) on:click=export>
                {dynamic(move || if doing.pending().get() { "Collecting…" } else { "Download everything" })}
            </button></p>
        </section>
    }
}

#[component]
fn Leaving(session: Session) -> impl IntoPiece {
    let open = RwSignal::new(false);
    view! {
        <section class="card" aria-labelledby="leave-heading">
            <h2 id="leave-heading">"Delete this account"</h2>
            <p>"Targets, metrics, incidents, messages, settings, keys and sessions are deleted, here and in every store. It cannot be undone."</p>
            <p><button type="button" class="danger" on:click=move |_| open.set(true)>"Delete account…"</button></p>
            <Dialog open=open heading="Delete this account?"><Farewell session=session/></Dialog>
        </section>
    }
}

#[component]
fn Farewell(session: Session) -> impl IntoPiece {
    let name = session.me().get_untracked().map(|me| me.username).unwrap_or_default();
    let (typed, password) = (Field::new(""), Field::new(""));
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let expected = name.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let confirmed = typed.check((typed.text().trim() != expected).then(|| format!("Type {expected}, as above.")));
        if !(password.check(form::required(&password.text(), "your password")) && confirmed) {
            return;
        }
        let leave = DeleteAccount { username: typed.text().trim().to_owned(), password: password.text() };
        doing.start(Box::pin(async move { session.delete_account(&leave).await }), move |outcome| {
            if let Err(fault) = outcome {
                wrong.set(spread(&fault, &[("username", typed), ("password", password)]));
            }
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <p>"Everything of this account is deleted at once and for good. To confirm, type " <strong>{name}</strong> " and your password."</p>
            <TextField name="leave-name" label="User name" field=typed/>
            <TextField name="leave-password" label="Password" field=password kind="password" autocomplete="current-password"/>
            <Submit verb="Delete everything" pending=doing.pending() wrong=wrong class="danger"/>
        </form>
    }
}
