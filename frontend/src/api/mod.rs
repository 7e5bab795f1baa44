//! The server, as typed functions: one per operation, all through one [`exchange`](wire::exchange).
//!
//! Two clients exist. [`Visitor`] can register, sign in and resume; only those hand out a [`Session`], and everything that
//! needs an account is a method of it. A page that has no session cannot spell a private call.

mod account;
mod alerts;
mod demo;
mod download;
mod events;
mod fault;
mod find;
mod incidents;
mod lock;
mod metrics;
mod news;
mod session;
mod settings;
mod targets;
pub(crate) mod view;
mod visitor;
mod wire;

pub(crate) use fault::Fault;
pub(crate) use incidents::Wanted;
pub(crate) use metrics::RangeQuery;
pub(crate) use news::{Link, News};
pub(crate) use session::{Account, Answer, Session};
pub(crate) use visitor::Visitor;
