//! The world's way in: routes, permission, problems, and the OpenAPI document they add up to.
//!
//! A handler is an extractor list (`Read` or `Write` first), one service call and a conversion. It never sees a driver.
//! To add a noun: a module here with `pub(crate) fn routes(&mut Routes)`, a line in [`api`], a line for its
//! service in [`Services::install`], its conversions in `convert/`, and a row in the tenancy walk, which fails without.

mod account;
mod alerts;
mod aliases;
mod anomalies;
mod api_keys;
mod assets;
mod auth;
mod batches;
mod codes;
mod convert;
mod cookie;
mod deliveries;
mod demo;
mod discovery;
mod envelope;
mod events;
mod examples;
mod extract;
mod fallback;
mod front;
mod health;
mod identify;
mod incidents;
mod list;
mod llm;
mod metrics;
mod openapi;
mod problem;
mod rca;
mod routes;
mod sessions;
mod settings;
mod stats;
mod targets;
mod teamwork;

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, web};
use utoipa_actix_web::AppExt;

use crate::auth::{Accounts, ApiKeys, Authenticator, Sessions, Throttle};
use crate::config::{List, Origin};
use crate::services::alert::Alerts;
use crate::services::analyst::Analyst;
use crate::services::batch::errand::Errands;
use crate::services::delivery::Deliveries;
use crate::services::demo::DemoService;
use crate::services::events::Events;
use crate::services::incident::IncidentService;
use crate::services::metric::MetricService;
use crate::services::settings::SettingsService;
use crate::services::stats::StatsService;
use crate::services::target::TargetService;
use crate::telemetry::Telemetry;

pub use codes::errors_page;
pub use discovery::Discovery;
pub use extract::{Person, Read, Write};
pub use front::Front;
pub use health::{ReadinessCheck, ReadinessChecks};
pub use list::{ListParams, page};
pub use openapi::Document;
pub use problem::ApiError;

use routes::Routes;

/// What handlers reach through `web::Data`, one field each. Cheap to clone: every worker holds one.
#[derive(Debug, Clone)]
pub struct Services {
    pub accounts: Arc<Accounts>,
    pub sessions: Arc<Sessions>,
    pub api_keys: Arc<ApiKeys>,
    pub errands: Errands,
    pub incidents: IncidentService,
    pub stats: StatsService,
    pub settings: SettingsService,
    pub targets: Arc<TargetService>,
    pub metrics: MetricService,
    pub discovery: Discovery,
    pub authenticator: Authenticator,
    pub alerts: Arc<Alerts>,
    pub deliveries: Arc<Deliveries>,
    pub events: Events,
    pub demos: Arc<DemoService>,
    pub throttle: Arc<Throttle>,
    pub analyst: Arc<Analyst>,
    pub readiness: Arc<ReadinessChecks>,
    pub telemetry: Telemetry,
}

impl Services {
    fn install(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.accounts)))
            .app_data(web::Data::from(Arc::clone(&self.sessions)))
            .app_data(web::Data::from(Arc::clone(&self.api_keys)))
            .app_data(web::Data::new(self.errands.clone()))
            .app_data(web::Data::new(self.incidents.clone()))
            .app_data(web::Data::new(self.stats.clone()))
            .app_data(web::Data::new(self.settings.clone()))
            .app_data(web::Data::from(Arc::clone(&self.targets)))
            .app_data(web::Data::new(self.metrics.clone()))
            .app_data(web::Data::new(self.discovery.clone()))
            .app_data(web::Data::new(self.authenticator.clone()))
            .app_data(web::Data::from(Arc::clone(&self.alerts)))
            .app_data(web::Data::from(Arc::clone(&self.deliveries)))
            .app_data(web::Data::new(self.events.clone()))
            .app_data(web::Data::from(Arc::clone(&self.demos)))
            .app_data(web::Data::from(Arc::clone(&self.throttle)))
            .app_data(web::Data::from(Arc::clone(&self.analyst)))
            .app_data(web::Data::from(Arc::clone(&self.readiness)))
            .app_data(web::Data::new(self.telemetry.clone()));
    }
}

/// How the operator wants to be reached.
#[derive(Debug, Clone)]
pub struct Shape {
    pub front: Front,
    pub max_body_bytes: usize,
    pub cors_origins: List<Origin>,
}

/// Every operation, at the paths where it is served.
fn operations(routes: &mut Routes<'_, '_>) {
    health::routes(routes);
    routes.scope("/api/v1", api);
    aliases::routes(routes);
}

/// Everything under `/api/v1`.
fn api(routes: &mut Routes<'_, '_>) {
    auth::routes(routes);
    account::routes(routes);
    sessions::routes(routes);
    api_keys::routes(routes);
    batches::routes(routes);
    teamwork::routes(routes);
    incidents::routes(routes);
    anomalies::routes(routes);
    rca::routes(routes);
    stats::routes(routes);
    settings::routes(routes);
    alerts::routes(routes);
    deliveries::routes(routes);
    demo::routes(routes);
    events::routes(routes);
    targets::routes(routes);
    metrics::routes(routes);
    discovery::routes(routes);
    llm::routes(routes);
}

/// The document of all operations, without a server.
#[must_use]
pub fn document() -> Document {
    let (_, collected) =
        App::new().into_utoipa_app().configure(|config| operations(&mut Routes::Described(config))).split_for_parts();
    Document::new(&collected)
}

/// The application one worker serves.
pub fn app(
    services: &Services,
    shape: &Shape,
    document: &web::Data<Document>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    // Before `/api/v1`: a scope keeps what begins like it.
    let app = App::new().route(openapi::PATH, web::get().to(openapi::serve));
    app.configure(|config| operations(&mut Routes::Served(config)))
        .app_data(document.clone())
        .app_data(web::Data::new(shape.front.clone()))
        .configure(|config| services.install(config))
        .configure(|config| fallback::configure(config, shape.max_body_bytes))
        .route("/docs", web::get().to(openapi::to_docs))
        .route("/docs/errors", web::get().to(codes::serve))
        .service(openapi::ui())
        .default_service(web::to(fallback::fallback))
        .wrap(from_fn(identify::identify))
        .wrap(Compress::default())
        .wrap(cors(&shape.cors_origins))
        .wrap(from_fn(envelope::envelope))
}

/// No origin but our own unless the operator names it; credentials never cross origins.
fn cors(origins: &List<Origin>) -> Cors {
    let cors = Cors::default().allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"]).max_age(3600);
    let cors = cors
        .allowed_headers(["authorization", "content-type", "x-request-id", extract::VIEW])
        .expose_headers(["x-request-id"]);
    origins.0.iter().fold(cors, |cors, origin| match origin {
        Origin::Any => cors.allow_any_origin(),
        Origin::Exact(origin) => cors.allowed_origin(origin),
    })
}
