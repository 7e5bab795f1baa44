//! The contract of the document port, run on every engine; its expectations are MongoDB's.
//!
//! SQLite always runs, on a file in a temporary directory. MongoDB runs where `WATCHKEEPER_TEST_MONGO_URI` names a server
//! (a real one, or the peer of `tests/peer/mongo`); every test has a database of its own.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod concurrency;
mod expiry;
mod filters;
mod oracle;
mod pages;
mod sqlite_file;
mod startup;
mod sums;
mod support;
mod tenancy;
mod writes;

/// Makes one test an engine: `contract!(name, |engine| { … })` runs on both.
#[macro_export]
macro_rules! contract {
    ($($(#[$doc:meta])* $name:ident($bench:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;
            async fn body($bench: &$crate::support::Bench) $body
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                body(&$crate::support::Bench::sqlite().await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn mongo() {
                let Some(bench) = $crate::support::Bench::mongo().await else { return };
                body(&bench).await;
                bench.clear().await;
            }
        }
    )*};
}
