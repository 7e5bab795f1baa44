//! Earlier incidents like this one, and how they ended.

use watchkeeper_common::incident::{IncidentDetail, SimilarIncident};

use crate::api::Session;
use crate::components::badge::StateBadge;
use crate::components::clock::Ago;
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::dom::prelude::*;
use crate::model::{time, words};
use crate::router::A;
use crate::routes::Place;

pub(super) fn similar(data: Shown<IncidentDetail>, session: Session) -> Piece {
    let id = Memo::new(move |_| data.with(|data| data.incident.id.clone()));
    let found = live(nouns![], move || id.get(), move |id| session.similar(&id));
    view! {
        <section class="card" aria-labelledby="similar-heading">
            <h2 id="similar-heading">"Similar incidents"</h2>
            {remote(found, Skeleton::Rows(1), |found| view! {
                <Show when=move || found.with(|found| !found.items.is_empty())
                    fallback=|| view! { <p class="muted">"None: this kind of failure has not been seen here before."</p> }>
                    <ul class="rows">{each(move || found.get().items, row)}</ul>
                </Show>
            })}
        </section>
    }
}

fn row(similar: SimilarIncident) -> Piece {
    let incident = similar.incident;
    let lasted = incident.resolved_at.map(|at| format!("Lasted {}", time::lasting(incident.opened_at, at)));
    let ended = match (lasted, similar.ended) {
        (Some(lasted), Some(why)) => format!("{lasted}; ended: {why}"),
        (Some(lasted), None) => lasted,
        (None, _) => "Still open".to_owned(),
    };
    view! {
        <li>
            <A href=Place::Incident(incident.id.clone()).href() class="row-link">
                <StateBadge badge=words::severity(incident.severity)/>
                <span class="row-main">
                    <strong>{incident.title.clone()}</strong>
                    <span>{ended}</span>
                    <span class="muted small">{format!("In common: {}", similar.common)}</span>
                </span>
                <span class="row-side">
                    <span class="muted small">{format!("{} % alike", similar.score)}</span>
                    <span class="muted small"><Ago at=incident.opened_at/></span>
                </span>
            </A>
        </li>
    }
}
