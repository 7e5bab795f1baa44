//! Every address of the dashboard. No other file spells one.

use crate::api::view::{self, MARK};
use crate::api::{Session, Visitor};
use crate::dom::prelude::*;
use crate::pages::{self, frame};
use crate::router::{Here, Query, Redirect, Router, matched, use_router};

/// A place in the dashboard.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    SignIn,
    Register,
    Overview,
    Incidents,
    Incident(String),
    Metrics,
    Anomalies,
    RootCauses,
    Batches,
    Batch(String),
    Targets,
    TargetsBulk,
    Target(String),
    Alerts,
    Receivers,
    HowItWorks,
    Demo,
    Settings,
    SettingsAccount,
    SettingsAccess,
    SettingsData,
}

impl Place {
    /// The address, which stays in the demo while the page shows one.
    pub(crate) fn href(&self) -> String {
        if view::is_demo() { format!("{}?{MARK}", self.path()) } else { self.path() }
    }

    /// The address without anything behind it.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::SignIn => "/app/sign-in".to_owned(),
            Self::Register => "/app/register".to_owned(),
            Self::Overview => "/app".to_owned(),
            Self::Incidents => "/app/incidents".to_owned(),
            Self::Incident(id) => format!("/app/incidents/{id}"),
            Self::Metrics => "/app/metrics".to_owned(),
            Self::Anomalies => "/app/incidents/anomalies".to_owned(),
            Self::RootCauses => "/app/incidents/root-causes".to_owned(),
            Self::Batches => "/app/batches".to_owned(),
            Self::Batch(id) => format!("/app/batches/{id}"),
            Self::Targets => "/app/targets".to_owned(),
            Self::TargetsBulk => "/app/targets/bulk".to_owned(),
            Self::Target(id) => format!("/app/targets/{id}"),
            Self::Alerts => "/app/alerts".to_owned(),
            Self::Receivers => "/app/alerts/receivers".to_owned(),
            Self::HowItWorks => "/app/how-it-works".to_owned(),
            Self::Demo => "/app/demo".to_owned(),
            Self::Settings => "/app/settings".to_owned(),
            Self::SettingsAccount => "/app/settings/account".to_owned(),
            Self::SettingsAccess => "/app/settings/access".to_owned(),
            Self::SettingsData => "/app/settings/data".to_owned(),
        }
    }

    /// With filters behind it; an empty value is left out.
    pub(crate) fn with(&self, filters: &[(&str, &str)]) -> String {
        let set: Vec<String> = filters
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", String::from(js_sys::encode_uri_component(value))))
            .collect();
        let demo = view::is_demo().then(|| MARK.to_owned());
        let set: Vec<String> = set.into_iter().chain(demo).collect();
        if set.is_empty() { self.path() } else { format!("{}?{}", self.path(), set.join("&")) }
    }
}

/// The time that a page is about, as its address holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timed {
    /// A stretch: `from` and `to`.
    Stretch,
    /// How far back a list goes: `since`.
    Back,
}

impl Timed {
    /// Of the page at this path; most have none.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let lists = [Place::Incidents, Place::Anomalies, Place::RootCauses, Place::Batches, Place::Alerts];
        let path = path.trim_end_matches('/');
        if path == Place::Metrics.path() {
            return Some(Self::Stretch);
        }
        lists.iter().any(|list| path == list.path()).then_some(Self::Back)
    }
}

/// A page that takes a session: it cannot be shown without.
type Page = fn(Session) -> Piece;

/// The private pages, by what stands behind `/app`.
const PRIVATE: &[(&str, Page)] = &[
    ("", pages::overview::overview),
    ("incidents", pages::incidents::incidents),
    ("incidents/anomalies", pages::anomalies::anomalies),
    ("incidents/root-causes", pages::causes::causes),
    ("incidents/:id", pages::incident::incident),
    ("metrics", pages::metrics::metrics),
    ("batches", pages::batches::batches),
    ("batches/:id", pages::batch::batch),
    ("targets", pages::targets::targets),
    ("targets/bulk", pages::targets::bulk::bulk),
    ("targets/:id", pages::targets::detail::target),
    ("alerts", pages::alerts::alerts),
    ("alerts/receivers", pages::alerts::receivers::receivers),
    ("how-it-works", pages::how_it_works::how_it_works),
    ("demo", pages::demo::demo),
    ("settings", pages::settings::analysis::analysis),
    ("settings/account", pages::settings::account::account),
    ("settings/access", pages::settings::access::access),
    ("settings/data", pages::settings::data::data),
];

/// What an address shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Home,
    SignIn,
    Register,
    /// One of [`PRIVATE`], in the frame that stands around them all.
    Private(usize),
    Nowhere,
}

impl Shown {
    /// With what stands for `:id`.
    fn at(path: &str) -> (Self, String) {
        let open = [("/", Self::Home), ("/app/sign-in", Self::SignIn), ("/app/register", Self::Register)];
        let open = open.into_iter().map(|(pattern, shown)| (matched(pattern, path), shown));
        let private = PRIVATE.iter().enumerate().map(|(index, (pattern, _))| {
            let id = path.strip_prefix("/app").and_then(|path| matched(pattern, path));
            (id, Self::Private(index))
        });
        let found = open.chain(private).find_map(|(id, shown)| Some((shown, id?)));
        found.unwrap_or((Self::Nowhere, String::new()))
    }

    /// What stands around it: all private pages are in one frame, which stays.
    fn around(self) -> Self {
        if let Self::Private(_) = self { Self::Private(0) } else { self }
    }
}

/// What is shown from now on sees of the address what is so while it `is_shown`.
fn here(router: Router, is_shown: impl Fn(Shown) -> bool + Copy + Send + Sync + 'static) {
    let id = Memo::new(move |known: Option<&String>| match Shown::at(&router.path().get()) {
        (now, id) if is_shown(now) => id,
        _ => known.cloned().unwrap_or_default(),
    });
    let query = Memo::new(move |known: Option<&Query>| match Shown::at(&router.path().get()) {
        (now, _) if is_shown(now) => router.query().get(),
        _ => known.cloned().unwrap_or_default(),
    });
    provide_context(Here { id, query });
}

/// Which page an address shows.
#[component]
pub(crate) fn Pages() -> impl IntoPiece {
    let router = use_router();
    let shown = Memo::new(move |_| Shown::at(&router.path().get()).0.around());
    move || {
        let shown = shown.get();
        here(router, move |now| now.around() == shown);
        match shown {
            Shown::Home => view! { <Redirect path=Place::Overview.href()/> },
            Shown::SignIn => view! { <pages::sign_in::SignIn/> },
            Shown::Register => view! { <pages::register::Register/> },
            Shown::Private(_) => view! { <frame::Frame/> },
            Shown::Nowhere => pages::not_found::not_found().into_piece(),
        }
    }
}

/// The private page that the address shows; without a session it is not even built.
#[component]
pub(crate) fn Private() -> impl IntoPiece {
    let router = use_router();
    let visitor: Visitor = expect_context();
    let shown = Memo::new(move |_| Shown::at(&router.path().get()).0);
    move || {
        let shown = shown.get();
        let Shown::Private(index) = shown else { return None };
        here(router, move |now| now == shown);
        let (_, page) = PRIVATE.get(index)?;
        visitor.session().map(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_page() {
        let places = [Place::Overview, Place::Incidents, Place::Incident("inc_1".to_owned()), Place::Metrics];
        for place in places {
            assert!(matches!(Shown::at(&place.path()).0, Shown::Private(_)), "{place:?}");
        }
        assert_eq!(Shown::at(&Place::SignIn.path()).0, Shown::SignIn);
        assert_eq!(Shown::at("/app/nowhere").0, Shown::Nowhere);
    }

    #[test]
    fn a_word_goes_before_an_id() {
        let (bulk, one) = (Shown::at("/app/targets/bulk"), Shown::at("/app/targets/tgt_1"));
        assert_eq!(bulk.1, "");
        assert_eq!(one.1, "tgt_1");
        assert_ne!(bulk.0, one.0);
    }
}
