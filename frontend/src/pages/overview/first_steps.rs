//! Four steps of a newcomer; they tick themselves, and are gone when all are done.

use watchkeeper_common::analysis::ProviderName;
use watchkeeper_common::settings::AnalysisSettings;
use watchkeeper_common::system::Stats;

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::latest::Shown;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::router::A;
use crate::routes::Place;

pub(super) fn first_steps(stats: Shown<Stats>, session: Session) -> Piece {
    let steps = Memo::new(move |_| stats.with(|s| [s.has_target, s.has_scrape, s.has_analyst, s.has_tested_receiver]));
    let texts = move || {
        [
            ("Add a target", Place::Targets, ().into_piece()),
            ("See its first scrape", Place::Targets, hint("The target's page says what is missing.")),
            ("Choose a model", Place::Settings, go_on_without(session)),
            ("Send a test notification", Place::Receivers, hint("So that somebody hears of it.")),
        ]
    };
    let done = move || steps.get().iter().filter(|done| **done).count();
    let step = |(done, (text, place, more)): (bool, (&'static str, Place, Piece))| {
        let shown = if done {
            view! { <span>{text}<span class="unseen">" (done)"</span></span> }
        } else {
            view! { <A href=place.href()>{text}</A> {more} }
        };
        view! {
            <li class:done=done>
                <span class="shape" aria-hidden="true">{if done { "✓" } else { "○" }}</span>
                {shown}
            </li>
        }
    };
    view! {
        <Show when=move || done() < 4>
            <section class="card" aria-labelledby="start-heading">
                <h2 id="start-heading">"Get started " <span class="muted">{dynamic(move || format!("{} of 4", done()))}</span></h2>
                <ol class="checklist">{dynamic(move || steps.get().into_iter().zip(texts()).map(step).collect_view())}</ol>
            </section>
        </Show>
    }
}

fn hint(text: &'static str) -> Piece {
    view! { <span class="muted small">{text}</span> }
}

/// The built-in analyst is a choice too.
fn go_on_without(session: Session) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let choose = move |_| {
        let work = Box::pin(async move {
            let now = session.analysis_settings().await?;
            session.save_analysis_settings(&AnalysisSettings { provider: Some(ProviderName::Builtin), ..now }).await
        });
        doing.start(work, move |outcome| match outcome {
            Ok(_) => toaster.good("The built-in analyst explains failures; no model is asked."),
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    view! {
        <span class="muted small">"or"</span>
        <button type="button" class="quiet small" disabled=derived(move || doing.pending().get()) on:click=choose>
            {dynamic(move || if doing.pending().get() { "Working…" } else { "go on without" })}
        </button>
    }
}
