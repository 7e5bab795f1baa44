//! Choosing what is charted: an instance, metrics of it, and what to begin with.

use watchkeeper_common::metric::{InstanceView, MetricName};

use super::{MOST, Steer};
use crate::api::Session;
use crate::components::combo::{Combo, Item};
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::dom::prelude::*;
use crate::model::metric::{first, reading};
use crate::model::number::{counted, unit_name};

#[component]
pub(super) fn InstanceChoice(
    steer: Steer,
    instances: Signal<Vec<InstanceView>>,
    instance: Memo<String>,
) -> impl IntoPiece {
    let typed = RwSignal::new(String::new());
    let label = |one: &InstanceView| {
        if one.name.is_empty() || one.name == one.instance {
            one.instance.clone()
        } else {
            format!("{} · {}", one.name, one.instance)
        }
    };
    let items = Memo::new(move |_| {
        let wanted = typed.with(|typed| lowered(typed.trim()));
        let item = |one: &InstanceView| Item {
            value: one.instance.clone(),
            label: label(one),
            note: counted(one.series, "series", "series"),
        };
        let fits = |item: &Item| lowered(&item.label).contains(&wanted);
        instances.with(|all| all.iter().map(item).filter(fits).collect::<Vec<_>>())
    });
    let shown = move || {
        let chosen = instance.get();
        instances.with(|all| all.iter().find(|one| one.instance == chosen).map(label)).unwrap_or(chosen)
    };
    let pick = move |value: String| steer.turn(|shown| shown.instance = value);
    view! {
        <Combo id="instance" label="Instance" placeholder="Name or address" items=items typed=typed
            shown=Signal::derive(shown) none="No instance is called so." pick=pick/>
    }
}

#[component]
pub(super) fn MetricChoice(session: Session, steer: Steer, instance: Memo<String>) -> impl IntoPiece {
    let typed = RwSignal::new(String::new());
    let names = live(
        nouns![],
        move || (instance.get(), typed.get()),
        move |(instance, search)| session.metric_names(&instance, search.trim()),
    );
    // What is typed narrows at once; the server's answer, which looks at all names, follows.
    let kept = Memo::new(move |before: Option<&Vec<MetricName>>| {
        names.data.get().map(|names| names.items).or_else(|| before.cloned()).unwrap_or_default()
    });
    let items = Memo::new(move |_| {
        let wanted = typed.with(|typed| lowered(typed.trim()));
        let item = |name: &MetricName| Item {
            value: name.metric.clone(),
            label: name.metric.clone(),
            note: format!("{}, {}", unit_name(name.unit), counted(name.series, "series", "series")),
        };
        let fits = |name: &&MetricName| name.metric.to_ascii_lowercase().contains(&wanted);
        kept.with(|kept| kept.iter().filter(fits).map(item).collect::<Vec<_>>())
    });
    let pick = move |metric: String| {
        steer.turn(|shown| {
            if shown.metrics.len() < MOST && !shown.metrics.contains(&metric) {
                shown.metrics.push(metric);
            }
        });
    };
    let full = move || steer.shown.with(|shown| shown.metrics.len() >= MOST);
    let hint = move || {
        if full() { format!("{MOST} charts are the most; remove one") } else { "Search, such as memory".to_owned() }
    };
    view! {
        <Combo id="metric" label="Add a metric" placeholder=Signal::derive(hint) items=items typed=typed
            shown=Signal::stored(String::new()) none="No metric of this instance is called so." pick=pick/>
    }
}

/// Nothing is chosen yet: a few that tell most.
#[component]
pub(super) fn Beginnings(session: Session, steer: Steer, instance: Memo<String>) -> impl IntoPiece {
    let names = live(nouns![], move || instance.get(), move |instance| session.metric_names(&instance, ""));
    let button = move |metric: String| {
        let own = metric.clone();
        let add = move |_| {
            let own = own.clone();
            steer.turn(move |shown| shown.metrics.push(own));
        };
        view! { <button type="button" on:click=add>{metric}</button> }
    };
    view! {
        {remote(names, Skeleton::Chart, move |names| {
            let offered = Memo::new(move |_| names.with(|names| first(&names.items)));
            let all = move |_| steer.turn(|shown| shown.metrics = offered.get_untracked());
            view! {
                <Show when=move || offered.with(|offered| !offered.is_empty())
                    fallback=|| view! { <Empty heading="This instance has no series"><p>"It may be new, or gone for longer than samples are kept. Choose another one above."</p></Empty> }>
                    <Empty heading="What would you like to see?">
                        <p>"Search for a metric above, or begin with one of these."</p>
                        <div class="buttons beginnings">
                            {dynamic(move || offered.get().into_iter().map(button).collect_view())}
                            <button type="button" class="primary" on:click=all>"Show all of these"</button>
                        </div>
                    </Empty>
                </Show>
            }
        })}
    }
}

/// How a metric's numbers are to be read, in a few words.
pub(super) fn about(name: &watchkeeper_common::metric::MetricRange) -> String {
    let series = u32::try_from(name.series.len()).unwrap_or(u32::MAX);
    let all = if name.truncated { format!("the first {series} series") } else { counted(series, "series", "series") };
    format!("{}, {} · {all}", reading(name.kind), unit_name(name.unit))
}
