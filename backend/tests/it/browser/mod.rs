//! The dashboard as people meet it: a real Chromium against the real server, whose metrics are scripted and nothing else.
//!
//! Needs `frontend/dist` (`cargo xtask dist`), and `chromium` and `chromedriver` on PATH; without those two these tests say so
//! and pass, unless everything is required.

mod axe;
mod driver;
mod first_paint;
mod first_quarter;
mod flows;
mod incidents;
mod leak;
mod lists;
mod looks;
mod many;
mod page;
mod watching;

use driver::Browser;
