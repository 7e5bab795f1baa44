//! Work that runs by itself: named loops over services, each with a status, a panic fence and a way to stop.
//!
//! A job takes no input, is idempotent, and finds its work in the store, so that several servers can share it and a crash
//! loses nothing. The step (what it does once) is apart from the loop (when it does it), so that tests call the step.
//!
//! To add one: a file here with `impl Job`, and a `runner.spawn` line in `app`.

pub mod board;
pub mod collect;
pub mod deliver;
pub mod demo;
pub mod errands;
pub mod farewell;
pub mod notify;
pub mod publish;
pub mod retention;
pub mod runner;
pub mod scheduler;
pub mod sweep;
pub mod traces;
mod under_way;

pub use crate::nudge::Nudge;
pub use board::{Board, JobStatus};
pub use runner::{Drained, Job, JobError, Progress, Runner};
