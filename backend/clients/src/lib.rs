//! The outside world behind one egress policy: metrics sources, models, mail, Slack and Langfuse.
//!
//! Every URL or host a user can set is reached through `egress`: address checked after resolution and for literals, no
//! proxy, no redirects, a deadline and a byte cap. A client says whether trying again makes sense; it never retries on
//! its own unless its module says that it is the one place that does.

pub mod collector;
pub mod egress;
pub mod langfuse;
pub mod llm;
pub mod metrics;
pub mod prometheus;
pub mod send;
pub mod slack;
pub mod smtp;
