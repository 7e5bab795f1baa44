//! The top of an incident: state, title, verdict, cause, and the first thing to do.

use leptos::prelude::*;
use watchkeeper_common::incident::{IncidentDetail, IncidentState};

use super::{Lit, chip, cited};
use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::use_clock;
use crate::components::copy::CopyButton;
use crate::components::toast::use_toaster;
use crate::model::{time, words};

#[component]
pub(super) fn Header(
    data: Signal<IncidentDetail>,
    session: Session,
    #[prop(into)] changed: Callback<IncidentDetail>,
) -> impl IntoView {
    let clock = use_clock();
    let lasted = move || {
        let incident = data.get().incident;
        match incident.resolved_at {
            Some(at) => format!("lasted {}", time::lasting(incident.opened_at, at)),
            None => format!("open for {}", time::lasting(incident.opened_at, clock.now())),
        }
    };
    view! {
        <header class="incident-head">
            <div class="incident-state">
                <StateBadge badge=Signal::derive(move || words::severity(data.get().incident.severity))/>
                <StateBadge badge=Signal::derive(move || words::incident_state(data.get().incident.state))/>
                <span class="muted">{lasted}</span>
            </div>
            <Actions data=data session=session changed=changed/>
            <h1>{move || data.get().incident.title}</h1>
            <p class="muted">{move || {
                let incident = data.get().incident;
                format!("{} · window {}–{} · {}", incident.instances.join(", "), clock.hour(incident.window.start), clock.hour(incident.window.end), clock.day(incident.window.end))
            }}</p>
        </header>
    }
}

#[component]
fn Actions(data: Signal<IncidentDetail>, session: Session, changed: Callback<IncidentDetail>) -> impl IntoView {
    let toaster = use_toaster();
    let doing = Doing::new();
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
        doing.start(
            async move { session.acknowledge(&id).await },
            settle("Acknowledged. It stays open until its facts are gone."),
        );
    };
    let resolve = move |_| {
        let id = id();
        doing.start(async move { session.resolve(&id, None).await }, settle("Resolved."));
    };
    let reopen = move |_| {
        let id = id();
        doing.start(async move { session.reopen(&id).await }, settle("Reopened."));
    };
    let state = Memo::new(move |_| data.get().incident.state);
    let busy = move || doing.pending().get();
    view! {
        <div class="buttons">
            <Show when=move || state.get() == IncidentState::Open>
                <button type="button" class="primary" disabled=busy on:click=acknowledge>"Acknowledge"</button>
            </Show>
            <Show when=move || state.get() != IncidentState::Resolved>
                <button type="button" disabled=busy on:click=resolve>"Resolve"</button>
            </Show>
            <Show when=move || state.get() == IncidentState::Resolved>
                <button type="button" disabled=busy on:click=reopen>"Reopen"</button>
            </Show>
        </div>
    }
}

/// Why, in a few lines; every claim stands beside the facts that prove it.
#[component]
pub(super) fn Cause(data: Signal<IncidentDetail>, lit: Lit) -> impl IntoView {
    let known = move || data.with(|data| data.evidence.iter().map(|fact| fact.id.clone()).collect::<Vec<_>>());
    let text = move || {
        let data = data.get();
        if data.root_cause.is_empty() { data.incident.summary } else { data.root_cause }
    };
    let unsaid = move || {
        let text = text();
        let said = |id: &String| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == id);
        known().into_iter().filter(|id| !said(id)).take(6).map(|id| chip(id, lit)).collect_view()
    };
    view! {
        <section class="cause" aria-labelledby="cause-heading">
            <h2 id="cause-heading" class="unseen">"Cause"</h2>
            <p class="cause-text">{move || cited(&text(), &known(), lit)} " " {unsaid}</p>
            <p class="verdict">
                <strong>{move || words::verdict(data.get().incident.verdict)}</strong>
                {move || format!(" · {} % · ", data.get().incident.confidence)}
                <span class="muted">{move || {
                    let data = data.get();
                    words::because(data.incident.verdict, &data.verdict_reason)
                }}</span>
            </p>
        </section>
    }
}

#[component]
pub(super) fn First(data: Signal<IncidentDetail>) -> impl IntoView {
    let steps = move || data.get().fix_plan.immediate;
    let later = move || data.get().fix_plan.prevention;
    let all = Signal::derive(move || {
        steps().iter().enumerate().map(|(index, step)| format!("{}. {step}", index + 1)).collect::<Vec<_>>().join("\n")
    });
    view! {
        <Show when=move || !steps().is_empty()>
            <section class="card" aria-labelledby="first-heading">
                <div class="card-head"><h2 id="first-heading">"Do first"</h2><CopyButton text=all/></div>
                <ol class="steps">{move || steps().into_iter().map(|step| view! { <li>{told(&step)}</li> }).collect_view()}</ol>
                <Show when=move || !later().is_empty()>
                    <details>
                        <summary>"So that it does not happen again"</summary>
                        <ul>{move || later().into_iter().map(|step| view! { <li>{told(&step)}</li> }).collect_view()}</ul>
                    </details>
                </Show>
            </section>
        </Show>
    }
}

/// Advice in which what stands between backquotes is to be typed.
fn told(step: &str) -> impl IntoView + use<> {
    let parts = step.split('`').map(str::to_owned).enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() })
        .collect_view()
}
