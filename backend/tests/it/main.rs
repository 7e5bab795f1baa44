//! One test binary: the parts of the server together, the world outside scripted.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod batch;
