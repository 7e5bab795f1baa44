//! The answer of a range query, read straight into columns of a grid.
//!
//! Nothing is built that is not kept: samples are parsed from the body into their series' column. Unknown fields, native
//! histograms and samples off the grid are skipped; a body cut off at the byte cap gives the series that were whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use watchkeeper_domain::metric::{Grid, SeriesId};

use super::scope::OWNER;
use crate::egress::Body;

/// One series as it came: counters still count.
#[derive(Debug, PartialEq)]
pub(super) struct Column {
    pub(super) id: SeriesId,
    pub(super) values: Vec<f64>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Matrix {
    pub(super) columns: Vec<Column>,
    /// Name of the cap that left something out.
    pub(super) cut_by: Option<&'static str>,
}

/// Reads a successful answer.
///
/// # Errors
/// What is wrong with the body, in words.
pub(super) fn read(body: &Body, grid: &Grid, owner: &str, max_series: usize) -> Result<Matrix, String> {
    let mut into = Collector { grid, owner, max_series, matrix: Matrix::default() };
    let mut json = serde_json::Deserializer::from_slice(&body.bytes);
    let result = Field { key: "data", seed: Field { key: "result", seed: List(&mut into) } };
    let outcome = result.deserialize(&mut json).and_then(|()| json.end());
    match outcome {
        Ok(()) => Ok(into.matrix),
        // The cap cut the text; what was read until there is whole.
        Err(error) if !body.complete && error.is_eof() => {
            into.matrix.cut_by = Some("bytes");
            Ok(into.matrix)
        }
        Err(error) => Err(misshapen(&error)),
    }
}

/// Where a body stops being what it should be; its own words may be another tenant's.
pub(super) fn misshapen(error: &serde_json::Error) -> String {
    format!("not the JSON of this API at line {}, column {}", error.line(), error.column())
}

struct Collector<'a> {
    grid: &'a Grid,
    owner: &'a str,
    max_series: usize,
    matrix: Matrix,
}

impl Collector<'_> {
    fn take(&mut self, mut labels: BTreeMap<String, String>, values: Vec<f64>) {
        // The selector asked for this owner only; whatever else comes (a proxy that ignores matchers) is not let in.
        let ours = labels.remove(OWNER).is_some_and(|owner| owner == self.owner);
        let metric = labels.remove("__name__").unwrap_or_default();
        if !ours || metric.is_empty() || values.is_empty() {
            return;
        }
        if self.matrix.columns.len() < self.max_series {
            self.matrix.columns.push(Column { id: SeriesId { metric, labels }, values });
        } else {
            self.matrix.cut_by = Some("series");
        }
    }
}

/// An object of which one field matters, read by `seed`; it must be there.
struct Field<S> {
    key: &'static str,
    seed: S,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Field<S> {
    type Value = S::Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Field<S> {
    type Value = S::Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.key)
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<S::Value, M::Error> {
        let (mut seed, mut found) = (Some(self.seed), None);
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match seed.take_if(|_| key == self.key) {
                Some(seed) => found = Some(map.next_value_seed(seed)?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        found.ok_or_else(|| M::Error::missing_field(self.key))
    }
}

struct List<'a, 'g>(&'a mut Collector<'g>);

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of series")
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        while let Some((labels, values)) = seq.next_element_seed(OneSeries(self.0.grid))? {
            self.0.take(labels, values);
        }
        Ok(())
    }
}

/// One element of `result`: labels, and the column (empty when it held no plain sample on the grid).
struct OneSeries<'g>(&'g Grid);

impl<'de> DeserializeSeed<'de> for OneSeries<'_> {
    type Value = (BTreeMap<String, String>, Vec<f64>);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneSeries<'_> {
    type Value = (BTreeMap<String, String>, Vec<f64>);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a series with `metric` and `values`")
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let (mut labels, mut values) = (BTreeMap::new(), Vec::new());
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "metric" => labels = map.next_value()?,
                "values" => values = map.next_value_seed(Samples(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((labels, values))
    }
}

/// `[[1435781430.781,"1"], …]` into a column.
struct Samples<'g>(&'g Grid);

/// Seconds since the epoch and the value as text.
#[derive(Deserialize)]
struct Sample<'t>(f64, #[serde(borrow)] Cow<'t, str>);

impl<'de> DeserializeSeed<'de> for Samples<'_> {
    type Value = Vec<f64>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<f64>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Samples<'_> {
    type Value = Vec<f64>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of [time, value] pairs")
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Vec<f64>, S::Error> {
        let mut column = Vec::new();
        while let Some(Sample(seconds, text)) = seq.next_element()? {
            // A gap is NaN; so is an infinity, which no detector could use.
            let value = text.parse().ok().filter(|value: &f64| value.is_finite());
            if let (Some(value), Some(index)) = (value, index_of(self.0, seconds)) {
                column.resize(self.0.len, f64::NAN);
                if let Some(cell) = column.get_mut(index) {
                    *cell = value;
                }
            }
        }
        Ok(column)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates, and the range is checked right after")]
fn index_of(grid: &Grid, seconds: f64) -> Option<usize> {
    let since = (seconds * 1000.0).round() as i64;
    let since = since.checked_sub(grid.start.0)?;
    if since % grid.step_ms != 0 {
        return None;
    }
    usize::try_from(since / grid.step_ms).ok().filter(|index| *index < grid.len)
}

#[cfg(test)]
mod tests {
    use watchkeeper_domain::time::UtcMillis;

    use super::*;

    const GRID: Grid = Grid { start: UtcMillis(1000), step_ms: 1000, len: 4 };

    fn read_text(text: &str, complete: bool) -> Result<Matrix, String> {
        read(&Body { bytes: text.to_owned().into(), complete }, &GRID, "me", 10)
    }

    fn series(extra: &str, values: &str) -> String {
        format!(r#"{{"metric":{{"__name__":"m","user_id":"me","instance":"a:1"{extra}}},"values":[{values}]}}"#)
    }

    fn answer(list: &str) -> String {
        format!(
            r#"{{"status":"success","data":{{"resultType":"matrix","result":[{list}]}},"warnings":["w"],"new":{{}}}}"#
        )
    }

    #[test]
    fn samples_land_on_their_place_and_gaps_stay_nan() {
        let matrix =
            read_text(&answer(&series("", r#"[1,"1.5"],[3.000,"-2e3"],[4,"+Inf"],[2.5,"9"],[99,"9"]"#)), true).unwrap();
        let column = &matrix.columns[0];
        assert_eq!((column.id.metric.as_str(), column.id.instance()), ("m", "a:1"));
        assert!(!column.id.labels.contains_key("user_id"));
        assert_eq!((column.values[0], column.values[2]), (1.5, -2000.0));
        assert!(column.values[1].is_nan() && column.values[3].is_nan());
        assert_eq!(column.values.len(), 4);
    }

    #[test]
    fn native_histograms_and_empty_series_are_left_out() {
        let histogram = r#"{"metric":{"__name__":"h","user_id":"me"},"histograms":[[1,{"count":"3","buckets":[[0,"1","2","3"]]}]]}"#;
        let nan = series("", r#"[1,"NaN"]"#);
        let matrix = read_text(&answer(&format!("{histogram},{nan},{}", series("", r#"[1,"1"]"#))), true).unwrap();
        assert_eq!(matrix.columns.len(), 1);
    }

    #[test]
    fn a_series_of_somebody_else_is_not_let_in() {
        let foreign = r#"{"metric":{"__name__":"m","user_id":"victim"},"values":[[1,"1"]]}"#;
        let ownerless = r#"{"metric":{"__name__":"m"},"values":[[1,"1"]]}"#;
        assert_eq!(read_text(&answer(&format!("{foreign},{ownerless}")), true), Ok(Matrix::default()));
    }

    #[test]
    fn a_body_cut_at_the_cap_gives_the_whole_series_before_the_cut() {
        let text = answer(&format!("{},{}", series("", r#"[1,"1"]"#), series(r#","x":"y""#, r#"[1,"2"]"#)));
        let cut = &text[..text.len() - 60];
        let matrix = read_text(cut, false).unwrap();
        assert_eq!((matrix.columns.len(), matrix.cut_by), (1, Some("bytes")));
        assert!(read_text(cut, true).is_err(), "the same text from a broken connection is an error");
    }

    #[test]
    fn the_cap_on_series_holds() {
        let one = series("", r#"[1,"1"]"#);
        let body = Body { bytes: answer(&[one.as_str(); 5].join(",")).into(), complete: true };
        let matrix = read(&body, &GRID, "me", 3).unwrap();
        assert_eq!((matrix.columns.len(), matrix.cut_by), (3, Some("series")));
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in ["", "<html>", "[]", "{}", r#"{"data":7}"#, r#"{"data":{"result":{}}}"#] {
            assert!(read_text(text, true).is_err(), "{text}");
        }
        assert!(read_text("<html>", false).is_err(), "the cap excuses a cut, not nonsense");
    }
}
