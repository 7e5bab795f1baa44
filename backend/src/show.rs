//! `watchkeeper demo`: a server on a store of its own that goes with it, playing an outage and telling it in the terminal.
//!
//! It reads no configuration and needs nothing on the machine: a temporary directory, a free port, an account made for the occasion.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use uuid::Uuid;
use watchkeeper_domain::demo::{RunState, Scenario};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::time::UtcMillis;

use crate::app::App;
use crate::auth::{Door, NewAccount, SystemScope, TenantScope};
use crate::config::Settings;
use crate::services::demo::{DemoService, Narrator, Story};
use crate::store::{Filter, Order, Query};

const NAME: &str = "demo";
const EMAIL: &str = "demo@example.com";
/// How often the terminal looks for something new to tell.
const LOOK: Duration = Duration::from_millis(400);
/// Looks after the end of the play for messages that are on their way.
const LAST_LOOKS: u32 = 15;
const LETTERS: u32 = 50;

/// What to show.
#[derive(Debug, Clone)]
pub struct Show {
    pub scenario: &'static Scenario,
    /// 0: any free one.
    pub port: String,
    /// Ends after the story instead of serving on.
    pub once: bool,
}

/// The server's directory; gone when it is dropped.
struct Stage(PathBuf);

impl Drop for Stage {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), error = %error, "the demo's directory stays behind");
        }
    }
}

/// Serves, plays and tells, until a signal or, with `once`, until the story is over.
///
/// # Errors
/// One line for whoever started it.
pub async fn run(show: &Show) -> Result<(), String> {
    let stage = Stage(std::env::temp_dir().join(format!("watchkeeper-demo-{}", Uuid::new_v4().simple())));
    let app = App::build(settings(&stage, &show.port)?).await.map_err(|error| error.to_string())?;
    let scope = open(&app).await?;
    let (demos, stop) = (app.demos(), app.stop_token());
    demos.start(&scope, show.scenario.id).await.map_err(|error| error.to_string())?;
    let serving = app.run_until_stopped();
    let telling = tell(&demos, &scope, show.scenario);
    tokio::pin!(serving);
    let served = tokio::select! {
        served = &mut serving => served,
        told = telling => {
            told?;
            if show.once {
                stop.cancel();
            } else {
                say("It goes on serving: look around, play another. Ctrl-C ends it and leaves nothing behind.")?;
            }
            serving.await
        }
    };
    served.map_err(|error| error.to_string())
}

fn settings(stage: &Stage, port: &str) -> Result<Settings, String> {
    let path = |name: &str| stage.0.join(name).to_string_lossy().into_owned();
    let pairs = [
        ("DATA_DIR", path("data")),
        ("TARGETS_DIR", path("targets")),
        ("PORT", port.to_owned()),
        ("DRAIN_SECONDS", "3".to_owned()),
    ];
    Settings::from_pairs(pairs).map_err(|error| error.to_string())
}

/// Makes the account and says how to get in; the password is said once and kept nowhere.
async fn open(app: &App) -> Result<TenantScope, String> {
    let password = Uuid::new_v4().to_string();
    let door = Door { address: "127.0.0.1".to_owned(), user_agent: "watchkeeper demo".to_owned() };
    let new = NewAccount { username: NAME.to_owned(), email: EMAIL.to_owned(), password: password.clone() };
    let opened = app.accounts().register(new, &door).await.map_err(|error| error.to_string())?;
    say(&format!("Watchkeeper is at http://{}/app/demo", app.address()))?;
    say(&format!("Sign in as {EMAIL} with the password {password}\n"))?;
    let system = SystemScope::for_job("play the demo of the command line");
    Ok(TenantScope::for_job(opened.account.id, &system, "play the demo of the command line"))
}

/// Every caption as it happens, then the incident as it was explained.
async fn tell(demos: &DemoService, scope: &TenantScope, scenario: &Scenario) -> Result<(), String> {
    say(&format!("{}. {}\n", scenario.title, scenario.description))?;
    let mut said: BTreeSet<(UtcMillis, String)> = BTreeSet::new();
    let mut last_looks = 0;
    loop {
        let story = demos.story(scope).await.map_err(|error| error.to_string())?;
        let Some(story) = story else { return Err("the demo was removed".to_owned()) };
        for caption in &story.captions {
            if said.insert((caption.at, caption.text.clone())) {
                let by = if caption.by == Narrator::Watchkeeper { "  Watchkeeper: " } else { "  " };
                say(&format!("{}{by}{}", clock(caption.at), caption.text))?;
            }
        }
        last_looks += u32::from(story.state != RunState::Playing);
        if last_looks > LAST_LOOKS {
            return explain(demos, scope, &story).await;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The last message that said what to do.
async fn explain(demos: &DemoService, scope: &TenantScope, story: &Story) -> Result<(), String> {
    let query = Query::new(Filter::All, Order::newest("at"), LETTERS);
    let letters = demos.outbox(scope, &query).await.map_err(|error| error.to_string())?.items;
    if let Some(letter) = letters.iter().find(|letter| letter.notice != Notice::Resolved) {
        say(&format!("\n{}\n{}\n{}", "─".repeat(60), letter.subject, letter.text))?;
    }
    if let Some(after) = story.told_after_ms {
        say(&format!("The first message was out {} s after the start.", after / 1_000))?;
    }
    Ok(())
}

fn clock(at: UtcMillis) -> String {
    at.to_jiff().map(|at| at.strftime("%H:%M").to_string()).unwrap_or_default()
}

/// What somebody reads who started it.
fn say(line: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| error.to_string())
}
