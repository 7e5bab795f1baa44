//! Where operations are written down: for a worker that serves them, or for the document that describes them.
//!
//! Describing takes some megabytes for a moment, which an allocator keeps: it is done once, not in every worker.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, scope};

pub(crate) enum Routes<'a, 'b> {
    Served(&'a mut web::ServiceConfig),
    Described(&'a mut ServiceConfig<'b>),
}

impl Routes<'_, '_> {
    pub(crate) fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        match self {
            Self::Served(config) => {
                config.service(operation);
            }
            Self::Described(config) => {
                config.service(operation);
            }
        }
        self
    }

    /// What `routes` writes down stands below `path`.
    pub(crate) fn scope(&mut self, path: &str, routes: fn(&mut Routes<'_, '_>)) -> &mut Self {
        match self {
            Self::Served(config) => {
                config.service(web::scope(path).configure(|config| routes(&mut Routes::Served(config))));
            }
            Self::Described(config) => {
                config.service(scope::scope(path).configure(|config| routes(&mut Routes::Described(config))));
            }
        }
        self
    }
}
