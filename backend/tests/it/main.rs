//! Integration tests: the real server on a free port, or its parts on a real store; the outside world real or scripted.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod account;
mod accounts;
mod batch;
mod browser;
mod bulk;
mod config;
mod crash;
mod demo;
mod events;
mod incidents;
mod main_job;
mod messages;
mod metrics;
mod models;
mod problems;
mod prometheus;
mod replicas;
mod sessions;
mod sources;
mod support;
mod targets;
mod teamwork;
mod tenancy;
mod tidy;
