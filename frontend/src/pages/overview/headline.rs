//! The largest text of the page: how things stand, as one would say it aloud, and what that rests on.

use watchkeeper_common::system::{Standing, Stats};

use crate::components::clock::{Ago, use_clock};
use crate::components::latest::Shown;
use crate::dom::prelude::*;
use crate::model::number::{counted, grouped};
use crate::model::time;
use crate::router::A;
use crate::routes::Place;

pub(super) fn headline(stats: Shown<Stats>) -> Piece {
    let clock = use_clock();
    let mark = move || match stats.with(|stats| stats.standing) {
        Standing::Burning => ("tone-critical", "◆"),
        Standing::Blind => ("tone-high", "▲"),
        Standing::Stale => ("tone-medium", "●"),
        Standing::Quiet => ("tone-ok", "✓"),
        Standing::New => ("tone-muted", "◌"),
    };
    let said = move || {
        let stats = stats.get();
        let checked = stats.last_batch_at.map(|at| time::relative(at, clock.now()));
        sentence(&stats, checked.as_deref())
    };
    let is_new = move || stats.with(|stats| stats.standing == Standing::New);
    view! {
        <header class="headline">
            <h1>
                <span class=derived(move || format!("shape {}", mark().0)) aria-hidden="true">{dynamic(move || mark().1)}</span>
                {dynamic(said)}
            </h1>
            <p class="muted">{dynamic(move || rests_on(&stats.get()))} {dynamic(move || stats.get().next_batch_at.filter(|_| !is_new()).map(|at| view! { " · next check " <Ago at=at/> }))}</p>
            <Show when=is_new>
                <div class="buttons" id="begin">
                    <A href=Place::Targets.href() class="button primary">"Add a target"</A>
                </div>
            </Show>
            {dynamic(move || stats.get().last_batch_error.map(|error| view! { <p class="well bad">{error}</p> }))}
        </header>
    }
}

/// `All quiet: 3 targets, 641 series, last checked 20 s ago.`
fn sentence(stats: &Stats, checked: Option<&str>) -> String {
    let checked = checked.unwrap_or("never");
    match stats.standing {
        Standing::New if stats.targets.total == 0 => "Nothing is watched yet.".to_owned(),
        Standing::New => "The first check is on its way.".to_owned(),
        Standing::Quiet => format!(
            "All quiet: {}, {}, last checked {checked}.",
            counted(stats.targets.total, "target", "targets"),
            counted(stats.series, "series", "series"),
        ),
        Standing::Blind => "Monitoring is blind: metrics cannot be read.".to_owned(),
        Standing::Stale => format!("Nothing is being checked: the last look was {checked}."),
        Standing::Burning => format!("{} open.", counted(stats.incidents.open.max(1), "incident is", "incidents are")),
    }
}

/// What else there is to know, or to do.
fn rests_on(stats: &Stats) -> String {
    let watched = || {
        let down = (stats.targets.down > 0).then(|| format!("{} down", stats.targets.down));
        let series = (stats.series > 0).then(|| format!("{} series", grouped(stats.series.into())));
        let acknowledged = stats.incidents.acknowledged;
        let known = (acknowledged > 0).then(|| format!("{acknowledged} acknowledged"));
        let parts = [Some(counted(stats.targets.total, "target", "targets")), down, series, known];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    match stats.standing {
        Standing::New if stats.targets.total == 0 => {
            "Add the address of an exporter; within two minutes this page says how its machine does.".to_owned()
        }
        Standing::New => "Each target is scraped and compared with its own past; the first result stands here in a minute or two.".to_owned(),
        Standing::Blind => {
            "Nothing else would be noticed until it can see again. The error is below; the server's part is on /health/ready.".to_owned()
        }
        Standing::Stale => "The server's scheduler does not run. Look at the server's log, or start it again.".to_owned(),
        Standing::Quiet => match (stats.targets.down, stats.incidents.acknowledged) {
            (0, 0) => "Every series is within its expected range".to_owned(),
            _ => watched(),
        },
        Standing::Burning => watched(),
    }
}
