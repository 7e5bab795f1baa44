//! The outages there are, each with a button that plays it.

use watchkeeper_common::demo::{DemoScenario, DemoView};

use super::is_playing;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::latest::Shown;
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::router::{NavigateOptions, use_navigate};
use crate::routes::Place;

/// For a page with nothing to show yet: something real to look at, at once.
#[component]
pub(crate) fn Offer(session: Session) -> impl IntoPiece {
    let found = live(nouns![Demo], || (), move |()| session.demo());
    view! {
        <section class="card" aria-labelledby="offer-heading">
            <h2 id="offer-heading">"Or watch a demo outage first"</h2>
            <p class="muted">"A scripted outage through the real pipeline, in a minute and a half, apart from your own data."</p>
            {remote(found, Skeleton::Rows(3), move |view| view! { <List session=session view=view found=found/> })}
        </section>
    }
}

/// All scenarios on the demo's own page.
#[component]
pub(super) fn Scenarios(session: Session, view: Shown<DemoView>, found: Live<DemoView>) -> impl IntoPiece {
    view! {
        <section class="card" aria-labelledby="scenarios-heading">
            <h2 id="scenarios-heading">"Outages"</h2>
            <List session=session view=view found=found/>
        </section>
    }
}

#[component]
fn List(session: Session, view: Shown<DemoView>, found: Live<DemoView>) -> impl IntoPiece {
    let busy = Memo::new(move |_| view.with(|view| view.run.as_ref().is_some_and(is_playing)));
    let scenarios = Memo::new(move |_| view.get().scenarios);
    let starting = Doing::new();
    let toaster = use_toaster();
    let go = use_navigate();
    let start = Callback::new(move |id: String| {
        starting.start(session.start_demo(&id), move |outcome| match outcome {
            Ok(view) => {
                found.put(view);
                go(&Place::Demo.href(), NavigateOptions::default());
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    });
    let row = move |scenario: DemoScenario| {
        let DemoScenario { id, title, description } = scenario;
        let label = format!("Play: {title}");
        view! {
            <li class="scenario">
                <div><strong>{title}</strong><p class="muted">{description}</p></div>
                <button type="button" aria-label=label on:click=move |_| start.run(id.clone())
                    disabled=derived(move || busy.get() || starting.pending().get())>"▷ Play"</button>
            </li>
        }
    };
    view! {
        <ul class="scenarios">{dynamic(move || scenarios.get().into_iter().map(row).collect_view())}</ul>
        <Show when=move || busy.get()><p class="muted small">"One plays already; the others wait for its end."</p></Show>
    }
}
