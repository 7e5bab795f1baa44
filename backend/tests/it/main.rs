//! One test binary: the parts of the server together, the world outside real or scripted.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests fail by panicking")]

mod batch;
mod prometheus;
mod support;
