//! The demo: pick an outage, watch it happen, read what was sent about it.

mod offer;
mod outbox;
mod stage;
mod strip;

use std::time::Duration;

use watchkeeper_common::demo::{DemoRun, DemoState, DemoView};

use self::offer::Scenarios;
use self::outbox::Outbox;
use self::stage::Stage;
use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::latest::Shown;
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

pub(crate) use offer::Offer;
pub(crate) use strip::DemoStrip;

/// A demo that plays is told of every few seconds; after this long without a word the page looks by itself.
const PATIENCE: Duration = Duration::from_secs(8);

pub(crate) fn demo(session: Session) -> Piece {
    let found = live(nouns![Demo], || (), move |()| session.demo());
    title(|| "Demo".to_owned());
    keep_looking(found);
    let run = move |view: Shown<DemoView>| Signal::derive(move || view.get().run);
    view! {
        <header class="headline">
            <h1>"Watch a demo outage"</h1>
            <p class="muted">
                "A scripted outage, played through the real pipeline: real detection, a real incident, a real message. Only the metrics \
                are made up. It takes about a minute and a half, touches none of your figures, and is removed in one click."
            </p>
        </header>
        {remote(found, Skeleton::Text, move |view| {
            let run = run(view);
            let there = Memo::new(move |_| run.with(Option::is_some));
            view! {
                <Show when=move || there.get()>
                    {dynamic(move || there.get().then(|| view! { <Running session=session run=run found=found/> }))}
                </Show>
                <Scenarios session=session view=view found=found/>
            }
        })}
    }
}

/// While something plays and nothing is heard of it, asks.
fn keep_looking(found: Live<DemoView>) {
    effect(move |_| {
        let playing = found.data.with(|view| view.and_then(|view| view.run.as_ref()).is_some_and(is_playing));
        if playing {
            let timer = set_interval(move || found.again(), PATIENCE);
            // The next answer begins the wait anew.
            on_cleanup(move || timer.clear());
        }
    });
}

fn is_playing(run: &DemoRun) -> bool {
    run.state == DemoState::Playing
}

/// The run there is: how far it is, its story, and the way to be rid of it.
#[component]
fn Running(session: Session, run: Signal<Option<DemoRun>>, found: Live<DemoView>) -> impl IntoPiece {
    let removing = Doing::new();
    let toaster = use_toaster();
    let remove = move |_| {
        removing.start(session.remove_demo(), move |outcome: Result<(), Fault>| match outcome {
            Ok(()) => found.again(),
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let told = Memo::new(move |_| run.with(|run| run.as_ref().and_then(|run| run.told_after_seconds).is_some()));
    view! {
        <Stage run=run/>
        <Show when=move || told.get()><Outbox session=session run=run/></Show>
        <p class="actions">
            <button type="button" on:click=remove disabled=derived(move || removing.pending().get())>
                {dynamic(move || if removing.pending().get() { "Removing…" } else { "Remove everything of this demo" })}
            </button>
        </p>
    }
}
