//! Cases of both formats, and noise.

use proptest::prelude::*;

use super::*;

/// `(series, value)` of everything, with the labels looked at.
fn read(body: &str, format: Format) -> Result<Vec<(String, f64)>, String> {
    let mut entries = Entries::new(body.as_bytes(), format);
    let mut found = Vec::new();
    while let Some(entry) = entries.next(b"") {
        match entry.map_err(|error| error.to_string())? {
            Entry::Sample { series, value } => {
                let Exposed { metric, labels } = exposed(series, format).map_err(|error| error.to_string())?;
                let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                found.push((format!("{metric}{{{}}}", labels.join(",")), value));
            }
            Entry::Type { family, kind } => found.push((format!("{family}: {kind}"), 0.0)),
        }
    }
    Ok(found)
}

fn text(body: &str) -> Result<Vec<(String, f64)>, String> {
    read(body, Format::Text)
}

fn open(body: &str) -> Result<Vec<(String, f64)>, String> {
    read(body, Format::OpenMetrics)
}

fn one(series: &str, value: f64) -> Result<Vec<(String, f64)>, String> {
    Ok(vec![(series.to_owned(), value)])
}

#[test]
fn the_text_format_is_read_as_it_is_documented() {
    for (body, series, value) in [
        ("m 1", "m{}", 1.0),
        ("m 1\n", "m{}", 1.0),
        (" \t m \t 1 \n", "m{}", 1.0),
        ("\n\n# a comment\n#TYPE m counter\nm 1\n\n", "m{}", 1.0),
        ("m{} 1", "m{}", 1.0),
        ("m{a=\"b\"} 1", "m{a=b}", 1.0),
        ("m{a=\"b\"}1", "m{a=b}", 1.0),
        ("m {  a = \"b\" , c=\"d\" , } 1", "m{a=b,c=d}", 1.0),
        ("m{a=\"\\\\ \\\" \\n \\t\"} 1", "m{a=\\ \" \n \\t}", 1.0),
        ("m{a=\"}, 1 #\"} 1", "m{a=}, 1 #}", 1.0),
        ("m{a=\"ü€\"} 1", "m{a=ü€}", 1.0),
        ("rule:m:sum 1.5e-3 1395066363000", "rule:m:sum{}", 0.0015),
        ("m 1 -3982045", "m{}", 1.0),
        ("m +Inf", "m{}", f64::INFINITY),
        ("m -inf 0", "m{}", f64::NEG_INFINITY),
        ("m .5", "m{}", 0.5),
        ("m -0", "m{}", 0.0),
    ] {
        assert_eq!(text(body), one(series, value), "{body:?}");
    }
    assert!(text("m nan").unwrap()[0].1.is_nan() && text("m NaN").unwrap()[0].1.is_nan());
    let typed = text("# HELP m what \\ it is\n# TYPE m \t histogram\nm_bucket{le=\"+Inf\"} 3\n").unwrap();
    assert_eq!(typed, [("m: histogram".to_owned(), 0.0), ("m_bucket{le=+Inf}".to_owned(), 3.0)]);
}

#[test]
fn a_malformed_line_is_named() {
    for (body, error) in [
        ("m 1\nm", "line 2: expected a value, got the end of the line"),
        ("m x", "line 1: expected a value, got \"x\""),
        ("m 1_0", "line 1: expected a value, got \"1_0\""),
        ("m 0x10", "line 1: expected a value, got \"0x10\""),
        ("m 1e999", "line 1: invalid value \"1e999\""),
        ("m 1\r\n", "line 1: expected a value, got \"1\\r\""),
        ("m 1 1.5", "line 1: expected a timestamp in milliseconds, got \"1.5\""),
        ("m 1 2 3", "line 1: expected the end of the line, got \"3\""),
        ("\n<!DOCTYPE html>", "line 2: expected a metric name, got \"<!DOCTYPE html>\""),
        ("7m 1", "line 1: expected a metric name, got \"7m 1\""),
        ("m{a=b} 1", "line 1: expected a quoted label value, got \"b} 1\""),
        ("m{a=\"b} 1\nx 2", "line 1: expected the closing quote of a label value, got \"\\\"b} 1\""),
        ("m{a=\"b\" c=\"d\"} 1", "line 1: expected , or } after a label, got \"c=\\\"d\\\"} 1\""),
        ("m{7=\"b\"} 1", "line 1: expected a label name, got \"7=\\\"b\\\"} 1\""),
        ("m{a:b=\"c\"} 1", "line 1: expected = after a label name, got \":b=\\\"c\\\"} 1\""),
        ("m{,} 1", "line 1: expected a label name, got \",} 1\""),
        ("m{a=\"b\"", "line 1: expected , or } after a label, got the end of the line"),
        ("# TYPE m blob", "line 1: invalid metric type \"blob\""),
        ("# TYPE 1 gauge", "line 1: expected a metric name, got \"1\""),
        ("# HELP", "line 1: expected a metric name, got the end of the line"),
        ("{\"m\"} 1", "line 1: expected a metric name, got \"{\\\"m\\\"} 1\""),
    ] {
        assert_eq!(text(body).unwrap_err(), format!("parse error at {error}"), "{body:?}");
    }
    assert_eq!(text("m{a=\"1\",a=\"2\"} 1").unwrap_err(), "invalid label that is there twice: \"a\"");
    let mut entries = Entries::new(b"m{a=\"\xff\"} 1", Format::Text);
    assert!(entries.next(b"").unwrap().unwrap_err().to_string().contains("invalid UTF-8"));
    assert_eq!(entries.next(b""), None, "nothing follows an error");
}

#[test]
fn openmetrics_is_read_as_it_is_specified() {
    for (body, series, value) in [
        ("m_total 1\n# EOF\n", "m_total{}", 1.0),
        ("m{a=\"b\",c=\"d\"} 1 1.5\n# EOF", "m{a=b,c=d}", 1.0),
        ("m_bucket{le=\"1.0\"} 4 # {trace_id=\"a b\"} 0.5\n# EOF\n", "m_bucket{le=1.0}", 4.0),
        ("m_bucket{le=\"1.0\"} 4 9.5 # {} 0.5 9.25\n# EOF\n", "m_bucket{le=1.0}", 4.0),
        ("# HELP m \n# UNIT m_bytes bytes\n# UNIT m \nm{} 1\n# EOF\n", "m{}", 1.0),
    ] {
        assert_eq!(open(body), one(series, value), "{body:?}");
    }
    assert_eq!(open("# TYPE m stateset\n# EOF\n").unwrap(), [("m: stateset".to_owned(), 0.0)]);
    for (body, error) in [
        ("", "line 1: expected # EOF at the end"),
        ("m 1\n", "line 2: expected # EOF at the end"),
        ("m 1", "line 1: expected a line break, got the end of the line"),
        ("m 1\n\n# EOF\n", "line 2: expected a metric name, got the end of the line"),
        ("# EOF\nm 1\n", "line 1: expected nothing after # EOF, got \"m 1\""),
        ("m  1\n# EOF\n", "line 1: expected a value, got \" 1\""),
        ("m{a=\"b\",} 1\n# EOF\n", "line 1: expected a label name, got \"} 1\""),
        ("m{ a=\"b\"} 1\n# EOF\n", "line 1: expected a label name, got \" a=\\\"b\\\"} 1\""),
        ("m 1 NaN\n# EOF\n", "line 1: invalid timestamp \"NaN\""),
        ("m 1 # 3\n# EOF\n", "line 1: expected {, got \"3\""),
        ("# a comment\n# EOF\n", "line 1: expected # TYPE, # HELP, # UNIT or # EOF, got \"# a comment\""),
        ("# TYPE m untyped\n# EOF\n", "line 1: invalid metric type \"untyped\""),
        ("# UNIT m seconds\n# EOF\n", "line 1: invalid unit: the metric's name does not end in it: \"seconds\""),
    ] {
        assert_eq!(open(body).unwrap_err(), format!("parse error at {error}"), "{body:?}");
    }
}

#[test]
fn a_right_guess_changes_nothing() {
    let body = b"m{a=\"b\"} 1\nm{a=\"b\"}2\nmm 3\n";
    for guess in [&b"m{a=\"b\"}"[..], b"m", b"zzz", b"m{a"] {
        let mut entries = Entries::new(body, Format::Text);
        let mut values = Vec::new();
        while let Some(Ok(Entry::Sample { series, value })) = entries.next(if guess == b"m{a" { b"" } else { guess }) {
            assert!(series == b"m{a=\"b\"}" || series == b"mm", "{series:?}");
            values.push(value);
        }
        assert_eq!(values, [1.0, 2.0, 3.0], "{guess:?}");
    }
}

#[test]
fn the_content_type_decides() {
    for (header, format) in [
        ("application/openmetrics-text; version=1.0.0; charset=utf-8", Format::OpenMetrics),
        ("Application/OpenMetrics-Text", Format::OpenMetrics),
        ("text/plain; version=0.0.4", Format::Text),
        ("", Format::Text),
    ] {
        assert_eq!(Format::of(header), format, "{header}");
    }
}

proptest! {
    #[test]
    fn noise_never_panics(body in "[a-z:_0-9{}=\",\\\\ \\t\\n#.eE+-TYPEHL]{0,120}") {
        let (_, _) = (text(&body), open(&body));
    }

    #[test]
    fn bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Text, Format::OpenMetrics] {
            let mut entries = Entries::new(&body, format);
            while let Some(Ok(_)) = entries.next(b"m") {}
        }
    }

    #[test]
    fn any_label_value_survives_the_trip(value in "\\PC{0,20}|[\\\\\"\n]{0,8}", number in any::<f64>()) {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let line = format!("m{{a=\"{escaped}\"}} {number}\n");
        let found = text(&line).unwrap();
        prop_assert_eq!(&found[0].0, &format!("m{{a={value}}}"));
        prop_assert!(found[0].1.to_bits() == number.to_bits() || number.is_nan());
    }
}
