//! The ledger of messages as a table.

use leptos::prelude::*;
use leptos_router::components::A;
use watchkeeper_common::alert::{DeliveryState, DeliveryView};

use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::model::number::counted;
use crate::model::words;
use crate::routes::Place;

/// `titled` names the incident of each row, where that is not plain from the page.
#[component]
pub(crate) fn DeliveryTable(rows: Signal<Vec<DeliveryView>>, titled: bool) -> impl IntoView {
    let incident = move |row: &DeliveryView| {
        let (id, title) = (row.incident_id.clone(), row.incident_title.clone());
        titled.then(move || view! { <td class="main"><A href=Place::Incident(id).href()>{title}</A></td> })
    };
    let row = move |row: DeliveryView| {
        let next = row.next_attempt_at.filter(|_| row.state == DeliveryState::Queued);
        let tries = u32::try_from(row.attempts.len()).unwrap_or(u32::MAX);
        view! {
            <tr>
                <td><StateBadge badge=words::delivery(row.state)/></td>
                {incident(&row)}
                <td>{words::notice(row.notice)}</td>
                <td>{words::channel(row.channel)} <span class="muted">" " {row.receiver.clone()}</span></td>
                <td class="wide">
                    {row.detail.clone()}
                    <span class="muted small">
                        {(tries > 1).then(|| format!(" {}", counted(tries, "attempt", "attempts")))}
                        {next.map(|at| view! { " · next " <Ago at=at/> })}
                    </span>
                </td>
                <td class="end"><Ago at=row.sent_at.unwrap_or(row.created_at)/></td>
            </tr>
        }
    };
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
                    </tr>
                </thead>
                <tbody>{move || rows.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
