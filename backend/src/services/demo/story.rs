//! A run as it is shown: how far it is, what has been said so far, and the series that tell it.

use watchkeeper_domain::demo::{Letter, Play, Run, RunState, Scenario};
use watchkeeper_domain::incident::{EventKind, Incident, TimelineEvent};
use watchkeeper_domain::metric::{Grid, Unit};
use watchkeeper_domain::time::{MINUTE, SECOND, UtcMillis};

use super::DemoService;
use crate::auth::TenantScope;
use crate::services::ServiceError;
use crate::store::{Filter, Order, Query};

/// Charts begin this long before the play, so that a change is seen to be one.
const BEFORE_MS: i64 = 10 * MINUTE;
const STEP_MS: i64 = 15 * SECOND;
/// Incidents and messages told of; a script makes few.
const MOST: u32 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrator {
    /// What happens in the scripted world.
    World,
    /// What the product makes of it.
    Watchkeeper,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    pub at: UtcMillis,
    pub by: Narrator,
    pub text: String,
}

/// A telling series so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub title: &'static str,
    pub unit: Unit,
    pub grid: Grid,
    pub values: Vec<Option<f64>>,
}

/// Everything there is to show of a run.
#[derive(Debug, Clone)]
pub struct Story {
    pub scenario: &'static Scenario,
    pub run: Run,
    pub state: RunState,
    pub elapsed_ms: i64,
    pub captions: Vec<Caption>,
    pub drawings: Vec<Drawing>,
    /// From the start to the first message.
    pub told_after_ms: Option<i64>,
}

impl DemoService {
    /// The run that plays or was played last; none once it is removed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn story(&self, scope: &TenantScope) -> Result<Option<Story>, ServiceError> {
        let scope = scope.demo();
        let Some(run) = self.run(&scope).await?.map(|found| found.doc) else { return Ok(None) };
        let Some(scenario) = Scenario::find(&run.scenario) else { return Ok(None) };
        let store = self.store.tenant(&scope);
        let incidents = store.find::<Incident>(&Query::new(Filter::All, Order::oldest("opened_at"), MOST)).await?.items;
        let letters = store.find::<Letter>(&Query::new(Filter::All, Order::oldest("at"), MOST)).await?.items;
        let now = self.clock.now();
        Ok(Some(Story {
            scenario,
            state: run.state_at(now),
            elapsed_ms: run.finished_at.unwrap_or(now).since(run.started_at),
            captions: captions(scenario, &run, &incidents, &letters),
            drawings: drawings(scenario, &run),
            told_after_ms: letters.first().map(|letter| letter.at.since(run.started_at)),
            run,
        }))
    }
}

fn captions(scenario: &Scenario, run: &Run, incidents: &[Incident], letters: &[Letter]) -> Vec<Caption> {
    let world = scenario.captions.iter().filter(|caption| caption.minute <= run.minute).map(|caption| Caption {
        at: run.origin + i64::from(caption.minute) * MINUTE,
        by: Narrator::World,
        text: caption.text.to_owned(),
    });
    let ours = |at, text| Caption { at, by: Narrator::Watchkeeper, text };
    let events = incidents.iter().flat_map(|incident| {
        incident.timeline.iter().flat_map(move |event| {
            let sent = letters.iter().find(|letter| letter.incident_id == incident.id && letter.seq == event.seq);
            let sent = sent.map(|letter| ours(event.at, format!("Message sent: {}", letter.subject)));
            std::iter::once(ours(event.at, said(event))).chain(sent)
        })
    });
    let mut captions: Vec<Caption> = world.chain(events).collect();
    captions.sort_by_key(|caption| caption.at);
    captions
}

fn said(event: &TimelineEvent) -> String {
    match &event.kind {
        EventKind::Opened => "An incident opens.".to_owned(),
        EventKind::Updated { what } => format!("The incident is updated: {what}."),
        EventKind::Resolved { why } => format!("The incident is resolved: {why}."),
        EventKind::Reopened => "The incident is open again.".to_owned(),
        other => format!("The incident is {}.", other.as_str()),
    }
}

fn drawings(scenario: &'static Scenario, run: &Run) -> Vec<Drawing> {
    let play = Play::new(scenario, run.origin);
    let start = run.origin - BEFORE_MS;
    let len = usize::try_from(run.reached().since(start) / STEP_MS).unwrap_or(0) + 1;
    let grid = Grid { start, step_ms: STEP_MS, len };
    let drawn = scenario.telling.iter().filter_map(|telling| {
        let drawn = play.draw(telling, grid)?;
        Some(Drawing { title: telling.title, unit: drawn.unit, grid, values: drawn.values })
    });
    drawn.collect()
}
