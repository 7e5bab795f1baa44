//! Batches, schedules and incidents on a real store, with the metrics source scripted.

mod errand;
mod habit;
mod pipeline;
mod schedule;
pub(crate) mod world;
