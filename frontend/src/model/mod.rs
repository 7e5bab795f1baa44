//! What the pages know without a browser: numbers, times, scales, forms and words. Plain Rust with plain tests.

pub(crate) mod bulk;
pub(crate) mod chart;
pub(crate) mod form;
pub(crate) mod install;
pub(crate) mod metric;
pub(crate) mod number;
pub(crate) mod order;
pub(crate) mod play;
pub(crate) mod preview;
pub(crate) mod range;
pub(crate) mod remedy;
pub(crate) mod scrapes;
pub(crate) mod sse;
pub(crate) mod time;
pub(crate) mod trail;
pub(crate) mod words;
