//! The Watchkeeper server.
//!
//! Layers, top to bottom: `app` composes everything; `http` and `jobs` speak to the world and call `services`; services
//! use `auth` (who may), `store` (what is kept), the clients crate (what is outside) and the domain crate (what is decided).
//! `tests/it/tidy.rs` holds the import rules.

pub mod app;
pub mod auth;
pub mod clock;
pub mod config;
pub mod http;
pub mod jobs;
pub mod nudge;
pub mod services;
pub mod show;
pub mod shutdown;
pub mod store;
pub mod telemetry;
