//! What serde writes, the dashboard's reader reads back; what it does not understand it names.

use std::collections::BTreeMap;

use crate::analysis::{BatchDetail, BatchOutcome, BatchView, ReceiptView, TimeWindow, Trigger, Unit};
use crate::decode::{Decode, read};
use crate::event::Event;
use crate::metric::{MetricKind, MetricRange, RangeSeries};
use crate::page::Page;
use crate::problem::{ErrorCode, FieldError, Problem};
use crate::time::Timestamp;
use serde::Serialize;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

#[track_caller]
fn comes_back<T: Serialize + Decode + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&read::<T>(&text).unwrap(), value, "{text}");
}

fn batch() -> BatchView {
    BatchView {
        id: "bat_1".to_owned(),
        trigger: Trigger::Manual,
        window: TimeWindow { start: at(0), end: at(60) },
        started_at: at(60),
        finished_at: at(61),
        outcome: BatchOutcome::Failed,
        error: Some("no \"answer\"\n".to_owned()),
        receipt: ReceiptView {
            series: 214,
            outside: 0,
            targets: 3,
            targets_down: 1,
            text: "0 of 214 series outside baseline".to_owned(),
            model_called: false,
            prompt_tokens: 0,
            full_text_tokens: u32::MAX,
        },
        fact_count: 0,
        incident_ids: vec!["inc_1".to_owned()],
        llm_call_ids: Vec::new(),
        truncated: None,
    }
}

#[test]
fn a_flattened_type_a_page_and_an_absent_cursor() {
    comes_back(&BatchDetail { batch: batch(), facts: Vec::new() });
    comes_back(&Page { items: vec![batch(), batch()], next_cursor: None });
    comes_back(&Page { items: Vec::<BatchView>::new(), next_cursor: Some("c".to_owned()) });
    comes_back(&Event { id: None, at: at(5) });
}

#[test]
fn a_renamed_field_and_a_list_left_out() {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: "Invalid".to_owned(),
        status: 422,
        code: ErrorCode::ALL[0],
        detail: None,
        request_id: Some("r".to_owned()),
        errors: Vec::new(),
    };
    comes_back(&problem);
    let errors = vec![FieldError { field: "address".to_owned(), message: "port 0".to_owned() }];
    comes_back(&Problem { errors, ..problem });
}

#[test]
fn maps_gaps_and_numbers() {
    let labels = BTreeMap::from([("job".to_owned(), "node".to_owned())]);
    let values = vec![Some(0.1), None, Some(-1e300), Some(3.0)];
    comes_back(&MetricRange {
        metric: "node_load1".to_owned(),
        unit: Unit::Count,
        kind: MetricKind::ALL[0],
        start: at(0),
        step_seconds: 15.0,
        series: vec![RangeSeries { labels, values, band: None }],
        truncated: false,
    });
}

#[test]
fn the_first_fault_is_named_with_its_place() {
    let fault = |text: &str| read::<Page<Event>>(text).unwrap_err();
    assert_eq!(fault(r#"{"items":[{"id":null,"at":"soon"}]}"#), "items.at: expected an RFC 3339 instant");
    assert_eq!(fault(r#"{"items":[{"id":7}]}"#), "items.id: expected a text");
    assert_eq!(fault(r#"{"items":{}}"#), "items: expected a list");
    assert!(fault(r#"{"items":["#).contains("EOF"), "{}", fault(r#"{"items":["#));
    let mut unknown = serde_json::to_value(batch()).unwrap();
    unknown["outcome"] = "postponed".into();
    assert_eq!(read::<BatchView>(&unknown.to_string()).unwrap_err(), "outcome: expected another word");
    unknown["outcome"] = "failed".into();
    unknown["window"] = serde_json::Value::Null;
    assert_eq!(read::<BatchView>(&unknown.to_string()).unwrap_err(), "window.start: expected an RFC 3339 instant");
}
