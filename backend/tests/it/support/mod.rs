//! What the tests stand on. `TestApp::start().await` is a real server, `.signed_up("priya").await` somebody who uses it;
//! `parts` are real parts of the outside.

mod app;
mod client;
pub(crate) mod mail_server;
pub(crate) mod parts;
pub(crate) mod process;
pub(crate) mod simulated;
mod stream;

pub(crate) use app::TestApp;
pub(crate) use client::{Answer, Client};
pub(crate) use stream::Stream;

/// Good enough for zxcvbn, the same for everyone.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple-9";

/// A client of a server that runs as its own process; it outlives restarts of it.
pub(crate) fn client_at(base: &str) -> Client {
    watchkeeper::auth::install_crypto();
    Client::new(reqwest::Client::new(), base.to_owned())
}

/// The MongoDB-wire server to test on; `None` after saying so, a failure where everything is required.
pub(crate) fn mongo_uri() -> Option<String> {
    let uri = std::env::var("WATCHKEEPER_TEST_MONGO_URI").ok();
    if uri.is_none() {
        let required = std::env::var("WATCHKEEPER_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "no MongoDB-wire server (WATCHKEEPER_TEST_MONGO_URI)");
        println!("skipped: no MongoDB-wire server (WATCHKEEPER_TEST_MONGO_URI)");
    }
    uri
}
