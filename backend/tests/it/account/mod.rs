//! One's own account: what it is called, who is in, how much is kept, taking everything along, and leaving.

mod leaving;
mod profile;
mod purge;
mod retention;
