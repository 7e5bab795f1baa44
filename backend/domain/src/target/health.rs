//! How a target stands, from what its owner said and what the metrics source saw.

use super::{ScrapeFailure, Target};
use crate::metric::{ScrapeHealth, ScrapeState};
use crate::time::UtcMillis;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    Up,
    Down,
    /// Published, not scraped yet.
    Pending,
    /// Disabled by its owner.
    Paused,
    /// The metrics source does not answer.
    Unknown,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TargetHealth {
    pub state: HealthState,
    pub last_scrape: Option<UtcMillis>,
    pub duration_seconds: Option<f64>,
    /// The scraper's error, or why nothing is known.
    pub error: Option<String>,
    /// Of a target that is down.
    pub failure: Option<ScrapeFailure>,
}

impl TargetHealth {
    fn bare(state: HealthState, error: Option<String>) -> Self {
        Self { state, last_scrape: None, duration_seconds: None, error, failure: None }
    }

    /// `seen` is the scrape health of all of the tenant's targets, or why the source did not give it.
    #[must_use]
    pub fn of(target: &Target, seen: Result<&[ScrapeHealth], &str>) -> Self {
        if !target.enabled {
            return Self::bare(HealthState::Paused, None);
        }
        let seen = match seen {
            Ok(seen) => seen,
            Err(why) => return Self::bare(HealthState::Unknown, Some(why.to_owned())),
        };
        // Two targets may share an address and differ in path; then the name tells them apart.
        let same = seen.iter().filter(|health| health.instance == target.address);
        let Some(health) = same.clone().find(|health| health.name == target.name).or_else(|| same.clone().next())
        else {
            return Self::bare(HealthState::Pending, None);
        };
        let state = match health.state {
            ScrapeState::Up => HealthState::Up,
            ScrapeState::Down => HealthState::Down,
            ScrapeState::Pending => HealthState::Pending,
        };
        Self {
            state,
            last_scrape: health.last_scrape,
            duration_seconds: health.duration_seconds,
            error: health.error.clone(),
            failure: (state == HealthState::Down)
                .then(|| health.error.as_deref().map_or(ScrapeFailure::Other, ScrapeFailure::read)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{ExporterKind, Scheme};
    use super::*;
    use crate::id::{Id, TargetId};

    fn target(name: &str, enabled: bool) -> Target {
        Target {
            id: TargetId::from_uuid(Uuid::from_u128(1)),
            address: "a:1".to_owned(),
            scheme: Scheme::Http,
            metrics_path: "/metrics".to_owned(),
            name: name.to_owned(),
            tags: std::collections::BTreeMap::new(),
            terms: Vec::new(),
            kind: ExporterKind::Node,
            enabled,
            created_at: UtcMillis(0),
            updated_at: UtcMillis(0),
        }
    }

    fn seen(name: &str, state: ScrapeState) -> ScrapeHealth {
        let error = (state == ScrapeState::Down).then(|| "connection refused".to_owned());
        ScrapeHealth {
            instance: "a:1".to_owned(),
            name: name.to_owned(),
            state,
            last_scrape: Some(UtcMillis(5)),
            duration_seconds: Some(0.1),
            error,
        }
    }

    #[test]
    fn what_the_owner_said_comes_first_then_what_was_seen() {
        let down = [seen("web", ScrapeState::Down)];
        let state = |target: &Target, seen: Result<&[ScrapeHealth], &str>| TargetHealth::of(target, seen).state;
        assert_eq!(state(&target("web", false), Ok(&down)), HealthState::Paused);
        assert_eq!(state(&target("web", true), Ok(&down)), HealthState::Down);
        assert_eq!(state(&target("web", true), Ok(&[])), HealthState::Pending);
        assert_eq!(state(&target("web", true), Err("down")), HealthState::Unknown);
        let health = TargetHealth::of(&target("web", true), Ok(&down));
        assert_eq!(health.error.as_deref(), Some("connection refused"));
        assert_eq!(health.failure, Some(ScrapeFailure::Refused));
    }

    #[test]
    fn the_name_tells_targets_of_one_address_apart() {
        let both = [seen("web", ScrapeState::Up), seen("probe", ScrapeState::Down)];
        assert_eq!(TargetHealth::of(&target("probe", true), Ok(&both)).state, HealthState::Down);
        assert_eq!(TargetHealth::of(&target("web", true), Ok(&both)).state, HealthState::Up);
        // Renamed a moment ago: Prometheus still has the old name.
        assert_eq!(TargetHealth::of(&target("new name", true), Ok(&both)).state, HealthState::Up);
    }
}
