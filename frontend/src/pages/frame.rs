//! What stands around every private page: the rail, the account, and what to do when there is no session or no server.

use futures::future::abortable;

use crate::api::{Account, News, Session, Visitor};
use crate::components::clock::use_clock;
use crate::dom::prelude::*;
use crate::pages::bar::Bar;
use crate::pages::demo::DemoStrip;
use crate::pages::keys::Keys;
use crate::pages::open::count_open;
use crate::pages::rail::Rail;
use crate::pages::search::Search;
use crate::router::{Redirect, use_path};
use crate::routes::{Place, Private};

/// A place of the rail.
pub(super) struct Spot {
    pub(super) name: &'static str,
    pub(super) mark: &'static str,
    /// `g` and this letter jumps there.
    pub(super) letter: &'static str,
    pub(super) place: Place,
}

/// Places that a phone shows at its bottom; the rest is under "More".
pub(super) const PHONE_PLACES: usize = 4;

/// The places in the order of a person's questions.
pub(super) fn places() -> [Spot; 7] {
    let spot = |name, mark, letter, place| Spot { name, mark, letter, place };
    [
        spot("Overview", "◫", "o", Place::Overview),
        spot("Incidents", "▲", "i", Place::Incidents),
        spot("Metrics", "∿", "m", Place::Metrics),
        spot("Targets", "◎", "t", Place::Targets),
        spot("Alerts", "✉", "a", Place::Alerts),
        spot("Settings", "⚙", "s", Place::Settings),
        spot("Demo", "▷", "d", Place::Demo),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Resuming,
    Away,
    Out,
    Left,
    In,
}

#[component]
pub(crate) fn Frame() -> impl IntoPiece {
    let visitor: Visitor = expect_context();
    let account = visitor.account();
    let standing = Memo::new(move |_| match account.get() {
        Account::Resuming => Standing::Resuming,
        Account::Away => Standing::Away,
        Account::Out => Standing::Out,
        Account::Left => Standing::Left,
        Account::In(_) => Standing::In,
    });
    let here = use_path();
    // Whether there was a session, or should have been one: then its end needs a word.
    let known = StoredValue::new(false);
    let standing = move || {
        let now = standing.get();
        known.update_value(|known| *known |= now != Standing::Out);
        now
    };
    move || match (standing(), visitor.session()) {
        (Standing::In, Some(session)) => view! { <Signed session=session visitor=visitor/> },
        (Standing::Resuming, _) => {
            view! { <p class="centre muted" role="status">"Opening your session…"</p> }
        }
        (Standing::Away, _) => view! { <Gone visitor=visitor/> },
        (Standing::Left, _) => view! { <Redirect path=Place::SignIn.href()/> },
        _ => {
            let next = here.get_untracked();
            let next = if next == Place::Overview.path() { String::new() } else { next + &search() };
            let ended = if known.get_value() { "1" } else { "" };
            view! { <Redirect path=Place::SignIn.with(&[("next", &next), ("ended", ended)])/> }
        }
    }
}

/// The address's query, so that filters are there again after signing in.
fn search() -> String {
    window().location().search().unwrap_or_default()
}

#[component]
fn Signed(session: Session, visitor: Visitor) -> impl IntoPiece {
    let clock = use_clock();
    let me = session.me();
    let searching = RwSignal::new(false);
    follow(session);
    count_open(session);
    effect(move |_| clock.set_zone(me.get().map(|me| me.time_zone).unwrap_or_default()));
    view! {
        <a class="skip" href="#page">"Skip to the page"</a>
        <div class="frame">
            <Rail/>
            <div class="stage">
                <DemoStrip session=session/>
                <Bar session=session searching=searching/>
                <Banner visitor=visitor/>
                <main id="page" tabindex="-1"><Private/></main>
            </div>
        </div>
        <Search session=session open=searching/>
        <Keys searching=searching/>
    }
}

/// Listens for changes as long as somebody is signed in.
fn follow(session: Session) {
    let news: News = expect_context();
    let (task, handle) = abortable(session.follow(news));
    on_cleanup(move || handle.abort());
    // An aborted task has nothing left to say.
    spawn_local(async move { task.await.unwrap_or_default() });
}

#[component]
fn Banner(visitor: Visitor) -> impl IntoPiece {
    let reachable = visitor.reachable();
    view! {
        <p class="banner" role="status" hidden=derived(move || reachable.get())>
            "The server does not answer. What you see is the last it said; this page keeps asking."
        </p>
    }
}

#[component]
fn Gone(visitor: Visitor) -> impl IntoPiece {
    let again = move |_| spawn_local(async move { visitor.resume().await });
    view! {
        <main class="gate">
            <h1>"The server does not answer"</h1>
            <p>"Your session may still stand; it could not be opened. Check that Watchkeeper runs and that this device is online."</p>
            <button type="button" class="primary" on:click=again>"Try again"</button>
        </main>
    }
}
