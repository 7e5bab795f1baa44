//! Where messages go: email and Slack, each with a test that shows the transport's own words.

use watchkeeper_common::alert::{NotifyOn, TestResult};
use watchkeeper_common::analysis::Severity;

use super::email::Email;
use super::slack::Slack;
use crate::api::{Answer, Session};
use crate::components::action::Doing;
use crate::components::field::{Check, Choice, Field};
use crate::components::title::title;
use crate::dom::prelude::*;

pub(crate) fn receivers(session: Session) -> Piece {
    title(|| "Email and Slack".to_owned());
    view! {
        <header class="head"><h1>"Alerts"</h1></header>
        {super::tabs()}
        <Email session=session/>
        <Slack session=session/>
    }
}

/// What both channels ask: whether, from which severity on, and of what.
#[derive(Clone, Copy)]
pub(crate) struct When {
    pub(super) enabled: RwSignal<bool>,
    severity: Field,
    open: RwSignal<bool>,
    update: RwSignal<bool>,
    resolve: RwSignal<bool>,
}

impl When {
    pub(super) fn of(enabled: bool, severity: Severity, on: &NotifyOn) -> Self {
        Self {
            enabled: RwSignal::new(enabled),
            severity: Field::new(severity.as_str()),
            open: RwSignal::new(on.open),
            update: RwSignal::new(on.update),
            resolve: RwSignal::new(on.resolve),
        }
    }

    pub(super) fn severity(&self) -> Severity {
        self.severity.text().parse().unwrap_or(Severity::Low)
    }

    pub(super) fn notify_on(&self) -> NotifyOn {
        NotifyOn {
            open: self.open.get_untracked(),
            update: self.update.get_untracked(),
            resolve: self.resolve.get_untracked(),
        }
    }
}

/// The names are ids, so each channel brings its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WhenNames {
    pub(super) severity: &'static str,
    pub(super) open: &'static str,
    pub(super) update: &'static str,
    pub(super) resolve: &'static str,
}

#[component]
pub(super) fn WhenFields(when: When, names: WhenNames) -> impl IntoPiece {
    let severities =
        Severity::ALL.iter().map(|s| (s.as_str().to_owned(), format!("{} and worse", s.as_str()))).collect();
    view! {
        <Choice name=names.severity label="From severity" field=when.severity options=severities/>
        <fieldset>
            <legend>"Send a message when an incident"</legend>
            <Check name=names.open label="opens" on=when.open/>
            <Check name=names.update label="changes" on=when.update/>
            <Check name=names.resolve label="resolves" on=when.resolve/>
        </fieldset>
    }
}

/// A test button and, under it, what the transport said.
#[component]
pub(super) fn Test(label: &'static str, #[prop(into)] send: Callback<(), Answer<TestResult>>) -> impl IntoPiece {
    let doing = Doing::new();
    let said = RwSignal::new(None::<TestResult>);
    let test = move |_| {
        said.set(None);
        doing.start(send.run(()), move |outcome| {
            said.set(Some(outcome.unwrap_or_else(|fault| TestResult { ok: false, detail: fault.message() })));
        });
    };
    view! {
        <div class="test">
            <button type="button" disabled=derived(move || doing.pending().get()) on:click=test>
                {dynamic(move || if doing.pending().get() { "Sending…" } else { label })}
            </button>
            <div role="status">
                {dynamic(move || said.get().map(|said| view! {
                    <p class="well" class:bad=!said.ok>
                        <strong>{if said.ok { "✓ Accepted. " } else { "◆ Refused. " }}</strong>{said.detail}
                    </p>
                }))}
            </div>
        </div>
    }
}
