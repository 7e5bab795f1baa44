//! Messages to Slack, by an incoming webhook. The webhook's address is a credential: it is written, never read back.

use watchkeeper_common::alert::SlackSettings;

use super::receivers::{Test, When, WhenFields, WhenNames};
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::field::{Check, Field, Submit, TextField, spread};
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

const NAMES: WhenNames =
    WhenNames { severity: "slack-severity", open: "slack-open", update: "slack-update", resolve: "slack-resolve" };

#[component]
pub(super) fn Slack(session: Session) -> impl IntoPiece {
    let settings = live(nouns![Settings], || (), move |()| session.slack_settings());
    view! {
        <section class="card" aria-labelledby="slack-heading">
            <h2 id="slack-heading">"Slack"</h2>
            {remote(settings, Skeleton::Text, move |now| view! {
                <p class="muted">{dynamic(move || {
                    let hint = now.get().webhook_hint.unwrap_or_default();
                    if now.get().webhook_set { format!("A webhook is stored ({hint}).") } else { "No webhook is stored.".to_owned() }
                })}</p>
                <SlackForm session=session settings=now.get_untracked() saved=move |now| settings.put(now)/>
                <Test label="Send a test message" send=move || session.test_slack()/>
                {super::preview::slack(session)}
            })}
        </section>
    }
}

#[component]
fn SlackForm(
    session: Session,
    settings: SlackSettings,
    #[prop(into)] saved: Callback<SlackSettings>,
) -> impl IntoPiece {
    let when = When::of(settings.enabled, settings.min_severity, &settings.notify_on);
    let webhook = Field::new("");
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        webhook.check(None);
        let settings = SlackSettings {
            enabled: when.enabled.get_untracked(),
            webhook_url: Some(webhook.text().trim().to_owned()).filter(|url| !url.is_empty()),
            webhook_set: false,
            webhook_hint: None,
            min_severity: when.severity(),
            notify_on: when.notify_on(),
        };
        doing.start(session.save_slack_settings(&settings), move |outcome| match outcome {
            Ok(now) => {
                webhook.value.set(String::new());
                toaster.good("Slack settings are saved.");
                saved.run(now);
            }
            Err(fault) => wrong.set(spread(&fault, &[("webhook_url", webhook)])),
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <Check name="slack-enabled" label="Send incidents to Slack" on=when.enabled/>
            <TextField name="webhook" label="Incoming webhook" field=webhook mono=true
                help="From Slack: your app, Incoming Webhooks, Copy. Leave empty to keep the stored one."/>
            <WhenFields when=when names=NAMES/>
            <Submit verb="Save Slack" pending=doing.pending() wrong=wrong/>
        </form>
    }
}
