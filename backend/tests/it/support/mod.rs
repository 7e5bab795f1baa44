//! What the tests stand on. `TestApp::start().await` is a real server, `.signed_up("priya").await` somebody who uses it;
//! `parts` are real parts of the outside.

mod app;
mod client;
pub(crate) mod mail_server;
pub(crate) mod parts;

pub(crate) use app::TestApp;
pub(crate) use client::{Answer, Client};

/// Good enough for zxcvbn, the same for everyone.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple-9";
