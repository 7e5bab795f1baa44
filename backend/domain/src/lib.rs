//! What Watchkeeper decides, as pure functions over plain data.
//!
//! Nothing here reads a clock, draws a random number, opens a socket or knows a driver: `now` is an argument, and the
//! crate's dependency list keeps it so. A noun has one file (or one folder once it grows); decisions return enums that
//! say *why*.
//!
//! To add a noun: a file here with its document type and decisions, a collection in `backend/src/store/collections/`,
//! a service in `backend/src/services/`, wire types in `common/`, and their meeting point in `backend/src/http/convert.rs`.

pub mod address;
pub mod alert;
pub mod anomaly;
pub mod answer;
pub mod baseline;
pub mod batch;
pub mod cluster;
pub mod demo;
pub mod detect;
pub mod fact;
pub mod gate;
pub mod id;
pub mod incident;
pub mod llm;
pub mod message;
pub mod metric;
pub mod notify;
pub mod prompt;
pub mod redact;
pub mod schedule;
pub mod series;
pub mod settings;
pub mod signature;
pub mod target;
pub mod tenant;
pub mod time;
pub mod units;
pub mod verdict;
pub mod verify;
