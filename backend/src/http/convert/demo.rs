//! The demo's scenarios, its run and its messages.

use watchkeeper_common::demo as wire;
use watchkeeper_domain::demo::{Letter, RunState, SCENARIOS, Scenario};
use watchkeeper_domain::time::MINUTE;

use super::alert::slack_blocks;
use super::analysis::{severity, unit};
use super::delivery::notice;
use super::timestamp;
use crate::services::demo::{Caption, Drawing, Narrator, Story};

pub(in crate::http) fn view(story: Option<Story>) -> wire::DemoView {
    wire::DemoView { scenarios: SCENARIOS.iter().map(scenario).collect(), run: story.map(run) }
}

fn scenario(scenario: &Scenario) -> wire::DemoScenario {
    wire::DemoScenario {
        id: scenario.id.to_owned(),
        title: scenario.title.to_owned(),
        description: scenario.description.to_owned(),
    }
}

fn run(story: Story) -> wire::DemoRun {
    let Story { scenario, run, state, elapsed_ms, captions, drawings, told_after_ms } = story;
    wire::DemoRun {
        scenario: scenario.id.to_owned(),
        title: scenario.title.to_owned(),
        state: match state {
            RunState::Playing => wire::DemoState::Playing,
            RunState::Finished => wire::DemoState::Finished,
            RunState::Interrupted => wire::DemoState::Interrupted,
        },
        started_at: timestamp(run.started_at),
        elapsed_seconds: seconds(elapsed_ms),
        minute: run.minute,
        minutes: scenario.minutes,
        scripted_from: timestamp(run.origin),
        scripted_now: timestamp(run.reached()),
        scripted_until: timestamp(run.origin + i64::from(scenario.minutes) * MINUTE),
        captions: captions.into_iter().map(caption).collect(),
        charts: drawings.into_iter().map(chart).collect(),
        incident_id: run.incident_id.map(Into::into),
        told_after_seconds: told_after_ms.map(seconds),
        removed_at: timestamp(run.remove_at),
    }
}

fn caption(caption: Caption) -> wire::DemoCaption {
    let by = match caption.by {
        Narrator::World => wire::Narrator::World,
        Narrator::Watchkeeper => wire::Narrator::Watchkeeper,
    };
    wire::DemoCaption { at: timestamp(caption.at), by, text: caption.text }
}

fn chart(drawing: Drawing) -> wire::DemoChart {
    wire::DemoChart {
        title: drawing.title.to_owned(),
        unit: unit(drawing.unit),
        start: timestamp(drawing.grid.start),
        step_seconds: seconds(drawing.grid.step_ms),
        values: drawing.values,
    }
}

pub(in crate::http) fn message(letter: Letter) -> wire::OutboxMessage {
    // What was kept is what the sender wrote; were it no JSON, it has no blocks.
    let blocks = serde_json::from_str(&letter.slack).map(|content| slack_blocks(&content)).unwrap_or_default();
    wire::OutboxMessage {
        id: letter.id.into(),
        incident_id: letter.incident_id.into(),
        notice: notice(letter.notice),
        severity: severity(letter.severity),
        at: timestamp(letter.at),
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
        slack: letter.slack,
        blocks,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a span of minutes in milliseconds")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1_000.0
}
