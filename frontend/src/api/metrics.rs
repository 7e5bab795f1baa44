//! What is measured, and one metric over time.

use watchkeeper_common::metric::{InstanceList, MetricNames, MetricRange, MetricsSourceView, ScrapeHistory};

use super::wire::{segment, with_query};
use super::{Answer, Session};
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
    pub(crate) fn metrics_source(&self) -> Answer<MetricsSourceView> {
        self.get("/metrics/source")
    }

    pub(crate) fn instances(&self) -> Answer<InstanceList> {
        self.get("/metrics/instances")
    }

    pub(crate) fn metric_names(&self, instance: &str, search: &str) -> Answer<MetricNames> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let query = [("instance", some(instance)), ("search", some(search)), ("limit", Some("200".to_owned()))];
        self.get(with_query("/metrics/names", &query))
    }

    pub(crate) fn metric_range(&self, query: &RangeQuery, span: Span) -> Answer<MetricRange> {
        let RangeQuery { metric, instance, points } = query.clone();
        let query = [
            ("metric", Some(metric)),
            ("instance", Some(instance).filter(|instance| !instance.is_empty())),
            ("from", Some(instant(span.0))),
            ("to", Some(instant(span.1))),
            ("points", Some(points.to_string())),
        ];
        self.get(with_query("/metrics/range", &query))
    }

    pub(crate) fn scrapes(&self, target: &str, span: Span) -> Answer<ScrapeHistory> {
        let query = [("from", Some(instant(span.0))), ("to", Some(instant(span.1)))];
        self.get(with_query(&format!("/targets/{}/scrapes", segment(target)), &query))
    }
}
