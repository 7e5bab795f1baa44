//! Every address of the dashboard. No other file spells one.

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Routes};
use leptos_router::path;

use crate::api::view::{self, MARK};
use crate::api::{Session, Visitor};
use crate::pages::{self, frame};

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

/// Which page an address shows.
#[component]
pub(crate) fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=pages::not_found::not_found>
            <Route path=path!("/") view=|| view! { <Redirect path=Place::Overview.href()/> }/>
            <Route path=path!("/app/sign-in") view=pages::sign_in::SignIn/>
            <Route path=path!("/app/register") view=pages::register::Register/>
            <ParentRoute path=path!("/app") view=frame::Frame>
                <Route path=path!("") view=private(pages::overview::overview)/>
                <Route path=path!("incidents") view=private(pages::incidents::incidents)/>
                <Route path=path!("incidents/anomalies") view=private(pages::anomalies::anomalies)/>
                <Route path=path!("incidents/root-causes") view=private(pages::causes::causes)/>
                <Route path=path!("incidents/:id") view=private(pages::incident::incident)/>
                <Route path=path!("metrics") view=private(pages::metrics::metrics)/>
                <Route path=path!("batches") view=private(pages::batches::batches)/>
                <Route path=path!("batches/:id") view=private(pages::batch::batch)/>
                <Route path=path!("targets") view=private(pages::targets::targets)/>
                <Route path=path!("targets/bulk") view=private(pages::targets::bulk::bulk)/>
                <Route path=path!("targets/:id") view=private(pages::targets::detail::target)/>
                <Route path=path!("alerts") view=private(pages::alerts::alerts)/>
                <Route path=path!("alerts/receivers") view=private(pages::alerts::receivers::receivers)/>
                <Route path=path!("how-it-works") view=private(pages::how_it_works::how_it_works)/>
                <Route path=path!("demo") view=private(pages::demo::demo)/>
                <Route path=path!("settings") view=private(pages::settings::analysis::analysis)/>
                <Route path=path!("settings/account") view=private(pages::settings::account::account)/>
                <Route path=path!("settings/access") view=private(pages::settings::access::access)/>
                <Route path=path!("settings/data") view=private(pages::settings::data::data)/>
            </ParentRoute>
        </Routes>
    }
}

/// A page that takes a session, as a route's view: without one it is not even built.
fn private(page: fn(Session) -> AnyView) -> impl Fn() -> Option<AnyView> + Copy + Send + Sync + 'static {
    move || expect_context::<Visitor>().session().map(page)
}
