//! The model call behind the words: what left, what came back, what verification made of it; or why no model was asked.

use watchkeeper_common::analysis::{DroppedClaimView, LlmCallView, RcaView};
use watchkeeper_common::incident::IncidentDetail;

use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::copy::CopyButton;
use crate::components::latest::Shown;
use crate::components::remote::Refused;
use crate::dom::prelude::*;
use crate::model::number::grouped;
use crate::model::words;

/// A root cause, and the call it came from where there was one.
type Origin = (RcaView, Option<LlmCallView>);

pub(super) fn call(data: Shown<IncidentDetail>, session: Session) -> Piece {
    let doing = Doing::new();
    let found = RwSignal::new(None::<Result<Origin, Fault>>);
    // Prompts are long: they are fetched when somebody wants to see them.
    let fetch = move || {
        let Some(id) = data.with_untracked(|data| data.rca_id.clone()) else { return };
        doing.start(Box::pin(async move { origin(session, &id).await }), move |outcome| found.set(Some(outcome)));
    };
    let opened = move |event: web_sys::Event| {
        let open = event_target::<web_sys::Element>(&event).has_attribute("open");
        if open && !matches!(found.read_untracked().as_ref(), Some(Ok(_))) {
            fetch();
        }
    };
    let newer = Memo::new(move |_| data.with(|data| data.rca_id.clone()));
    effect(move |before: Option<Option<String>>| {
        let now = newer.get();
        if before.is_some_and(|before| before != now) {
            found.set(None);
        }
        now
    });
    view! {
        <section class="card" aria-labelledby="call-heading">
            <h2 id="call-heading">"Who wrote this"</h2>
            <p>{dynamic(move || data.with(author))}</p>
            <Show when=move || newer.get().is_some()>
                <details class="call" on:toggle=opened>
                    <summary>"Show the model call and what verification made of it"</summary>
                    {dynamic(move || doing.pending().get().then(|| view! { <p class="muted" role="status">"Loading…"</p> }))}
                    {dynamic(move || found.get().map(|found| match found {
                        Ok((cause, call)) => shown(cause, call),
                        Err(fault) => view! { <Refused fault=fault retry=move |()| fetch()/> },
                    }))}
                </details>
            </Show>
        </section>
    }
}

async fn origin(session: Session, rca: &str) -> Result<Origin, Fault> {
    let cause = session.cause(rca).await?;
    let call = match &cause.llm_call_id {
        Some(id) => Some(session.call(id).await?),
        None => None,
    };
    Ok((cause, call))
}

/// Whose words these are, and why.
fn author(data: &IncidentDetail) -> String {
    let who = words::author(&data.provider, &data.model);
    match &data.unasked {
        Some(why) => format!("Written by {who}. No model's words stand here: {why}."),
        None if data.provider == "builtin" => format!("Written by {who}."),
        None => format!("Written by {who}; every claim was checked against numbers that code computed."),
    }
}

fn shown(cause: RcaView, call: Option<LlmCallView>) -> Piece {
    let Some(call) = call else {
        return view! { <p class="muted">"No model was asked, so nothing left this server. The same checks were made of the built-in words."</p> {dropped(cause.dropped)} };
    };
    let money = call.cost_usd.filter(|usd| *usd > 0.0).map(|usd| format!(" · ${usd:.4}")).unwrap_or_default();
    let took = format!("{:.1} s", call.latency_ms as f64 / 1000.0);
    let figures = [
        ("Model", format!("{} · {}", call.provider.as_str(), call.model)),
        (
            "Outcome",
            call.outcome.replace('_', " ")
                + &call.outcome_detail.as_ref().map(|why| format!(": {why}")).unwrap_or_default(),
        ),
        (
            "Tokens",
            format!("{} in, {} out{money}", grouped(call.prompt_tokens.into()), grouped(call.completion_tokens.into())),
        ),
        ("Time", format!("{took}, {}", crate::model::number::counted(call.attempts, "attempt", "attempts"))),
    ];
    view! {
        <dl class="pairs">{figures.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}</dl>
        {dropped(call.dropped)}
        {text("Prompt as it left (secrets removed)", call.prompt)}
        {text("Answer", call.answer)}
    }
}

/// What did not survive verification, and why.
fn dropped(claims: Vec<DroppedClaimView>) -> Piece {
    if claims.is_empty() {
        return view! { <p>"✓ Every claim survived verification."</p> };
    }
    let row = |one: DroppedClaimView| view! { <li>{one.claim} <span class="muted">" — "{one.reason}</span></li> };
    view! {
        <h3>"Dropped by verification"</h3>
        <ul class="dropped">{claims.into_iter().map(row).collect_view()}</ul>
    }
}

fn text(heading: &'static str, text: String) -> Piece {
    if text.is_empty() {
        return ().into_piece();
    }
    view! {
        <div class="card-head"><h3>{heading}</h3><CopyButton text=text.clone()/></div>
        <pre class="well document" tabindex="0" aria-label=heading>{text}</pre>
    }
}
