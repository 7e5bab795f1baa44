//! The pages. A private one is a function of a [`Session`](crate::api::Session), so it cannot be shown without.

pub(crate) mod alerts;
pub(crate) mod anomalies;
mod bar;
pub(crate) mod batch;
pub(crate) mod batches;
pub(crate) mod causes;
pub(crate) mod deliveries;
pub(crate) mod demo;
pub(crate) mod frame;
pub(crate) mod how_it_works;
pub(crate) mod incident;
pub(crate) mod incidents;
mod keys;
mod line;
pub(crate) mod metrics;
pub(crate) mod not_found;
mod open;
pub(crate) mod overview;
mod rail;
pub(crate) mod register;
mod search;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod targets;
mod time_slot;
