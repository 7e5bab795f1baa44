//! Scripted models before the real server: whatever they do, a batch ends in a stored, correct, explained result.

mod failures;
mod good;
mod hostile;
mod limits;
mod receipt;
mod rest;
mod script;
mod traces;
mod world;
