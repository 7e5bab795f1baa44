//! The ledger of messages as a table.

use watchkeeper_common::alert::{AttemptView, DeliveryState, DeliveryView};

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::number::counted;
use crate::model::words;
use crate::router::A;
use crate::routes::Place;

/// `titled` names the incident of each row, where that is not plain from the page.
#[component]
pub(crate) fn DeliveryTable(
    rows: Signal<Vec<DeliveryView>>,
    titled: bool,
    session: Session,
    #[prop(into)] changed: Callback<()>,
) -> impl IntoPiece {
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Messages">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"State"</th>
                        {titled.then(|| view! { <th scope="col">"Incident"</th> })}
                        <th scope="col">"Says"</th>
                        <th scope="col">"To"</th>
                        <th scope="col">"Detail"</th>
                        <th scope="col" class="end">"When"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{each(move || rows.get(), move |delivery| row(delivery, titled, session, changed))}</tbody>
            </table>
        </div>
    }
}

fn row(row: DeliveryView, titled: bool, session: Session, changed: Callback<()>) -> Piece {
    let incident = titled.then(|| {
        let (href, title) = (Place::Incident(row.incident_id.clone()).href(), row.incident_title.clone());
        view! { <td class="main"><A href=href>{title}</A></td> }
    });
    let next = row.next_attempt_at.filter(|_| row.state == DeliveryState::Queued);
    let failed =
        matches!(row.state, DeliveryState::Failed) || (row.state == DeliveryState::Queued && !row.attempts.is_empty());
    view! {
        <tr>
            <td><StateBadge badge=words::delivery(row.state)/></td>
            {incident}
            <td>{words::notice(row.notice)}</td>
            <td>{words::channel(row.channel)} <span class="muted">" " {row.receiver.clone()}</span></td>
            <td class="wide">
                {row.detail.clone()}
                {next.map(|at| view! { <span class="muted small">" · next try " <Ago at=at/></span> })}
                {attempts(row.attempts.clone())}
            </td>
            <td class="end"><Ago at=row.sent_at.unwrap_or(row.created_at)/></td>
            <td class="end">{failed.then(|| again(row.id.clone(), session, changed))}</td>
        </tr>
    }
}

/// Every try with its answer, once there was more than one.
fn attempts(attempts: Vec<AttemptView>) -> Piece {
    let tries = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
    if tries < 2 {
        return ().into_piece();
    }
    let one = |attempt: AttemptView| {
        let said = attempt.error.unwrap_or_else(|| "accepted".to_owned());
        view! { <li><Ago at=attempt.at/> ": " {said}</li> }
    };
    view! {
        <details class="small">
            <summary>{counted(tries, "attempt", "attempts")}</summary>
            <ol class="attempts">{attempts.into_iter().map(one).collect_view()}</ol>
        </details>
    }
}

fn again(id: String, session: Session, changed: Callback<()>) -> Piece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let send = move |_| {
        let id = id.clone();
        doing.start(session.send_again(&id), move |outcome| match outcome {
            Ok(_) => {
                toaster.good("It is on its way again.");
                changed.run(());
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    view! {
        <button type="button" class="small" disabled=derived(move || doing.pending().get()) on:click=send>
            {dynamic(move || if doing.pending().get() { "Queueing…" } else { "Send again" })}
        </button>
    }
}
