//! From a pending notice to a mail in a real mailbox and a post at a loopback Slack, through the real store.
//!
//! The steps of the jobs are called one by one, so that a crash between any two of them can be played.

mod faults;
mod pipeline;
mod receivers;
mod tls;
mod world;
