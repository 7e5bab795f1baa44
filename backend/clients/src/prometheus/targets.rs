//! How targets were last scraped: Prometheus' own list, of all tenants at once, sorted by owner.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use watchkeeper_domain::metric::{ScrapeHealth, ScrapeState};
use watchkeeper_domain::time::UtcMillis;

use super::matrix::{Column, misshapen};
use super::scope::OWNER;

/// Scrape health by owner.
pub(super) type ByOwner = HashMap<String, Vec<ScrapeHealth>>;

/// Longest error text that is kept, in characters.
const MAX_ERROR: usize = 400;

/// Reads `/api/v1/targets`; targets without an owner are somebody's own business.
///
/// # Errors
/// What is wrong with the body, in words.
pub(super) fn read(body: &[u8]) -> Result<ByOwner, String> {
    let answer: Answer = serde_json::from_slice(body).map_err(|error| misshapen(&error))?;
    let mut by_owner = ByOwner::new();
    for mut target in answer.data.active {
        if let Some(owner) = target.labels.remove(OWNER) {
            by_owner.entry(owner).or_default().push(target.into_health());
        }
    }
    Ok(by_owner)
}

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "activeTargets")]
    active: Vec<ActiveTarget>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActiveTarget {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    health: String,
    #[serde(default)]
    last_error: String,
    #[serde(default)]
    last_scrape: String,
    #[serde(default)]
    last_scrape_duration: f64,
}

impl ActiveTarget {
    fn into_health(mut self) -> ScrapeHealth {
        let last_scrape = scraped_at(&self.last_scrape);
        let state = match (self.health.as_str(), last_scrape) {
            ("up", _) => ScrapeState::Up,
            ("down", _) => ScrapeState::Down,
            _ => ScrapeState::Pending,
        };
        ScrapeHealth {
            instance: self.labels.remove("instance").unwrap_or_default(),
            name: self.labels.remove("name").unwrap_or_default(),
            state,
            last_scrape,
            duration_seconds: last_scrape.map(|_scraped| self.last_scrape_duration),
            error: shortened(&self.last_error),
        }
    }
}

/// Go writes year 1 for "never".
fn scraped_at(text: &str) -> Option<UtcMillis> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(UtcMillis::from(at)).filter(|at| at.0 > 0)
}

fn shortened(error: &str) -> Option<String> {
    let plain = error.chars().map(|c| if c.is_control() { ' ' } else { c });
    Some(plain.take(MAX_ERROR).collect::<String>()).filter(|text| !text.is_empty())
}

/// Adds what the `up` series tell about targets that the list does not have: a store that keeps series but scrapes nothing itself
/// has no list, and a target may have come between the two questions.
pub(super) fn join(listed: &mut Vec<ScrapeHealth>, up: &[Column]) {
    for column in up {
        let label = |key: &str| column.id.labels.get(key).cloned().unwrap_or_default();
        let (instance, name) = (label("instance"), label("name"));
        let known = listed.iter().any(|health| health.instance == instance && health.name == name);
        // The last place of the grid only: a target that was taken away leaves its series behind.
        let Some(value) = column.values.last().filter(|value| !known && value.is_finite()) else { continue };
        let state = if *value > 0.0 { ScrapeState::Up } else { ScrapeState::Down };
        listed.push(ScrapeHealth { instance, name, state, last_scrape: None, duration_seconds: None, error: None });
    }
}

#[cfg(test)]
mod tests {
    use watchkeeper_domain::metric::SeriesId;

    use super::*;

    const LIST: &str = r#"{"status":"success","data":{"activeTargets":[
        {"discoveredLabels":{"__address__":"a:1"},"labels":{"instance":"a:1","job":"dynamic-targets","name":"web","user_id":"me"},
         "scrapePool":"p","scrapeUrl":"http://a:1/metrics","globalUrl":"","lastError":"","lastScrape":"2026-11-21T08:00:00.123456789Z",
         "lastScrapeDuration":0.25,"health":"up","scrapeInterval":"15s","scrapeTimeout":"10s"},
        {"labels":{"instance":"b:1","name":"db","user_id":"me"},"lastError":"dial tcp: connection\nrefused",
         "lastScrape":"2026-11-21T08:00:00Z","lastScrapeDuration":1e-3,"health":"down"},
        {"labels":{"instance":"c:1","name":"new","user_id":"me"},"lastError":"","lastScrape":"0001-01-01T00:00:00Z",
         "lastScrapeDuration":0,"health":"unknown"},
        {"labels":{"instance":"p:9090","job":"prometheus"},"health":"up"},
        {"labels":{"instance":"x:1","user_id":"victim"},"health":"up"}
      ],"droppedTargets":[]}}"#;

    #[test]
    fn the_list_is_sorted_by_owner() {
        let by_owner = read(LIST.as_bytes()).unwrap();
        assert_eq!(by_owner.len(), 2);
        let mine = &by_owner["me"];
        assert_eq!(mine.len(), 3);
        assert_eq!((mine[0].state, mine[0].duration_seconds), (ScrapeState::Up, Some(0.25)));
        assert_eq!(mine[0].last_scrape, Some(UtcMillis(1_795_248_000_123)));
        assert_eq!(mine[1].error.as_deref(), Some("dial tcp: connection refused"));
        assert_eq!((mine[2].state, mine[2].last_scrape, mine[2].duration_seconds), (ScrapeState::Pending, None, None));
    }

    #[test]
    fn an_error_text_is_capped() {
        assert_eq!(shortened(&"é".repeat(1000)).map(|text| text.chars().count()), Some(MAX_ERROR));
    }

    #[test]
    fn up_speaks_for_targets_that_the_list_does_not_have() {
        let up = |instance: &str, values: Vec<f64>| Column {
            id: SeriesId {
                metric: "up".to_owned(),
                labels: BTreeMap::from([
                    ("instance".to_owned(), instance.to_owned()),
                    ("name".to_owned(), "n".to_owned()),
                ]),
            },
            values,
        };
        let mut listed = Vec::new();
        join(&mut listed, &[up("a:1", vec![0.0, 1.0]), up("b:1", vec![1.0, 0.0]), up("gone:1", vec![1.0, f64::NAN])]);
        join(&mut listed, &[up("a:1", vec![0.0, 0.0])]);
        let states: Vec<_> = listed.iter().map(|h| (h.instance.as_str(), h.state)).collect();
        assert_eq!(states, [("a:1", ScrapeState::Up), ("b:1", ScrapeState::Down)]);
    }
}
