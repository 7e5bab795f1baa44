//! The top of an incident: state, title, verdict, cause, and the first thing to do.

use watchkeeper_common::incident::IncidentDetail;

use super::{Lit, actions, chip, cited};
use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::use_clock;
use crate::components::copy::CopyButton;
use crate::components::latest::Shown;
use crate::dom::prelude::*;
use crate::model::{time, words};
use crate::router::A;
use crate::routes::Place;

#[component]
pub(super) fn Header(
    data: Shown<IncidentDetail>,
    session: Session,
    changed: Callback<IncidentDetail>,
) -> impl IntoPiece {
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
                {dynamic(move || data.with(|data| data.incident.eased_to.map(|now| view! {
                    <span class="eased"><StateBadge badge=words::eased(now)/><span class="muted small">{format!(", was {}", data.incident.severity.as_str())}</span></span>
                })))}
                <StateBadge badge=Signal::derive(move || words::incident_state(data.get().incident.state))/>
                <span class="muted">{dynamic(lasted)}</span>
            </div>
            {actions::actions(data, session, changed)}
            <h1>{dynamic(move || data.get().incident.title)}</h1>
            <p class="muted">{dynamic(move || {
                let incident = data.get().incident;
                let window = format!("window {}–{} · {}", clock.hour(incident.window.start), clock.hour(incident.window.end), clock.day(incident.window.end));
                if incident.instances.is_empty() { window } else { format!("{} · {window}", incident.instances.join(", ")) }
            })}</p>
        </header>
    }
}

/// Why, in a few lines; every claim stands beside the facts that prove it.
#[component]
pub(super) fn Cause(data: Shown<IncidentDetail>, lit: Lit) -> impl IntoPiece {
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
            <p class="cause-text">{dynamic(move || cited(&text(), &known(), lit))} " " {dynamic(unsaid)}</p>
            <p class="verdict">
                <strong>{dynamic(move || words::verdict(data.get().incident.verdict))}</strong>
                {dynamic(move || format!(" · {} % · ", data.get().incident.confidence))}
                <span class="muted">{dynamic(move || {
                    let data = data.get();
                    words::because(data.incident.verdict, &data.verdict_reason)
                })}</span>
                " " <A href=Place::HowItWorks.href() class="small">"What this means"</A>
            </p>
        </section>
    }
}

#[component]
pub(super) fn First(data: Shown<IncidentDetail>) -> impl IntoPiece {
    let steps = move || data.get().fix_plan.immediate;
    let later = move || data.get().fix_plan.prevention;
    let all = Signal::derive(move || {
        steps().iter().enumerate().map(|(index, step)| format!("{}. {step}", index + 1)).collect::<Vec<_>>().join("\n")
    });
    view! {
        <Show when=move || !steps().is_empty()>
            <section class="card" aria-labelledby="first-heading">
                <div class="card-head"><h2 id="first-heading">"Do first"</h2><CopyButton text=all/></div>
                <ol class="steps">{dynamic(move || steps().into_iter().map(|step| view! { <li>{told(&step)}</li> }).collect_view())}</ol>
                <Show when=move || !later().is_empty()>
                    <details>
                        <summary>"So that it does not happen again"</summary>
                        <ul>{dynamic(move || later().into_iter().map(|step| view! { <li>{told(&step)}</li> }).collect_view())}</ul>
                    </details>
                </Show>
            </section>
        </Show>
    }
}

/// Advice in which what stands between backquotes is to be typed.
fn told(step: &str) -> impl IntoPiece + use<> {
    let parts = step.split('`').map(str::to_owned).enumerate();
    parts
        .map(|(at, part)| {
            if at % 2 == 1 {
                view! { <code>{part}</code> }
            } else {
                part.into_piece()
            }
        })
        .collect_view()
}
