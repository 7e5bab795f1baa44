//! One contract for metrics sources: a real Prometheus with the shipped configuration and the built-in collector look at the same
//! exporter and must see the same. Without a Prometheus the collector stands alone, and that is said.

mod exporter;
mod failures;
mod outage;
mod series;
mod world;
