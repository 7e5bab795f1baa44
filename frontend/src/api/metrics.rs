//! What is measured, and one metric over time.

use watchkeeper_common::metric::{InstanceList, MetricNames, MetricRange, MetricsSourceView, ScrapeHistory};

use super::wire::{segment, with_query};
use super::{Fault, Session};
use crate::model::chart::Span;
use crate::model::range::instant;

/// What a chart asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RangeQuery {
    pub(crate) metric: String,
    pub(crate) instance: String,
    pub(crate) points: u32,
}

impl Session {
    pub(crate) async fn metrics_source(&self) -> Result<MetricsSourceView, Fault> {
        self.get("/metrics/source").await
    }

    pub(crate) async fn instances(&self) -> Result<InstanceList, Fault> {
        self.get("/metrics/instances").await
    }

    pub(crate) async fn metric_names(&self, instance: &str, search: &str) -> Result<MetricNames, Fault> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let query = [("instance", some(instance)), ("search", some(search)), ("limit", Some("200".to_owned()))];
        self.get(with_query("/metrics/names", &query)).await
    }

    pub(crate) async fn metric_range(&self, query: &RangeQuery, span: Span) -> Result<MetricRange, Fault> {
        let RangeQuery { metric, instance, points } = query.clone();
        let query = [
            ("metric", Some(metric)),
            ("instance", Some(instance).filter(|instance| !instance.is_empty())),
            ("from", Some(instant(span.0))),
            ("to", Some(instant(span.1))),
            ("points", Some(points.to_string())),
        ];
        self.get(with_query("/metrics/range", &query)).await
    }

    pub(crate) async fn scrapes(&self, target: &str, span: Span) -> Result<ScrapeHistory, Fault> {
        let query = [("from", Some(instant(span.0))), ("to", Some(instant(span.1)))];
        self.get(with_query(&format!("/targets/{}/scrapes", segment(target)), &query)).await
    }
}
