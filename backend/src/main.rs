//! The `watchkeeper` binary: verbs, and nothing else.

use std::io::Write;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use tokio::runtime::Runtime;
use watchkeeper::app::App;
use watchkeeper::auth::install_crypto;
use watchkeeper::config::{self, LogFormat};
use watchkeeper::show::{self, Show};
use watchkeeper::{http, telemetry};
use watchkeeper_domain::demo::{SCENARIOS, Scenario};

fn command() -> Command {
    config::flags(Command::new("watchkeeper"))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Monitoring that explains failures and proves what it says")
        .subcommand(Command::new("serve").about("Serve the dashboard and the API, and watch (the default)"))
        .subcommand(demo_command())
        .subcommand(Command::new("openapi").about("Print the OpenAPI document"))
        .subcommand(Command::new("errors").about("Print every error code with what to do about it, as Markdown"))
        .subcommand(Command::new("config").about("Print every configuration key as a Markdown table"))
}

fn demo_command() -> Command {
    let ids = PossibleValuesParser::new(SCENARIOS.iter().map(|scenario| scenario.id));
    let first = SCENARIOS.first().map_or("", |scenario| scenario.id);
    Command::new("demo")
        .about("Play an outage on a store of its own and tell it here; needs nothing, leaves nothing")
        .arg(Arg::new("scenario").long("scenario").value_parser(ids).default_value(first).help("The outage"))
        .arg(Arg::new("once").long("once").action(ArgAction::SetTrue).help("End when the story is over"))
}

fn main() -> ExitCode {
    install_crypto();
    let matches = command().get_matches();
    let outcome = match matches.subcommand_name() {
        Some("openapi") => print(&String::from_utf8_lossy(&http::document().body())),
        Some("errors") => print(http::errors_page().trim_end()),
        Some("config") => print(config::table().trim_end()),
        Some("demo") => demo(&matches),
        _ => serve(&matches),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            // Standard error may be closed; there is nobody left to tell then.
            drop(writeln!(std::io::stderr(), "watchkeeper: {line}"));
            ExitCode::FAILURE
        }
    }
}

fn print(text: &str) -> Result<(), String> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}

fn serve(matches: &ArgMatches) -> Result<(), String> {
    let config::Loaded { settings, warnings } = config::load(matches).map_err(|error| error.to_string())?;
    telemetry::start_logging(&settings.server.log, settings.server.log_format == LogFormat::Json)
        .map_err(|problem| format!("LOG: {problem}; allowed: a level or tracing directives"))?;
    for warning in warnings {
        tracing::warn!(config.warning = warning, "configuration");
    }
    runtime()?.block_on(async {
        let app = App::build(settings).await.map_err(|error| error.to_string())?;
        print(&format!("Watchkeeper is at http://{}", app.address()))?;
        app.run_until_stopped().await.map_err(|error| error.to_string())
    })
}

fn demo(matches: &ArgMatches) -> Result<(), String> {
    telemetry::start_logging("error", false)?;
    let given = matches.subcommand().map(|(_, given)| given).unwrap_or(matches);
    let chosen = given.get_one::<String>("scenario").and_then(|id| Scenario::find(id));
    let port = given.get_one::<String>("PORT").cloned().unwrap_or_else(|| "0".to_owned());
    let scenario = chosen.ok_or_else(|| "there is no such scenario".to_owned())?;
    runtime()?.block_on(show::run(&Show { scenario, port, once: given.get_flag("once") }))
}

fn runtime() -> Result<Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).thread_name("watchkeeper").enable_all();
    builder.build().map_err(|error| error.to_string())
}
