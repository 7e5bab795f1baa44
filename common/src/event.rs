//! `GET /events`: what changed, as server-sent events. An event's name is a [`Noun`], its data a [`Event`].

use crate::time::Timestamp;
use crate::{wire, words};

words! {
    /// What changed.
    Noun {
        Batch = "batch",
        Incident = "incident",
        Target = "target",
        Delivery = "delivery",
        Settings = "settings",
        Demo = "demo",
    }
}

wire! {
    /// One change. Ask for the thing itself to see it; the same change may be told twice.
    pub struct Event {
        /// Absent: something of this kind is gone, or more changed than are told one by one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<String>,
        pub at: Timestamp,
    }
}
