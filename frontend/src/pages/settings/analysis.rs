//! How batches are judged: mode, interval, model and budget.

use watchkeeper_common::analysis::{ProviderName, ProviderView};
use watchkeeper_common::settings::{AnalysisMode, AnalysisSettings};

use super::Tabs;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::field::{Choice, Field, Submit, TextField, spread};
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::{form, number};

pub(crate) fn analysis(session: Session) -> Piece {
    title(|| "Settings".to_owned());
    let live_settings = live(nouns![Settings, Batch], || (), move |()| session.analysis_settings());
    let providers = live(nouns![], || (), move |()| session.providers());
    view! {
        <Tabs/>
        <section class="card" aria-labelledby="providers-heading">
            <h2 id="providers-heading">"Models"</h2>
            {remote(providers, Skeleton::Rows(3), |page| view! { <Providers rows=Signal::derive(move || page.get().items)/> })}
        </section>
        <section class="card" aria-labelledby="analysis-heading">
            <h2 id="analysis-heading">"Analysis"</h2>
            {remote(live_settings, Skeleton::Text, move |settings| view! {
                <SettingsForm session=session settings=settings.get_untracked() saved=move |now| live_settings.put(now)/>
                <p class="muted">{dynamic(move || spent(&settings.get()))}</p>
            })}
        </section>
    }
}

fn spent(settings: &AnalysisSettings) -> String {
    let used = number::grouped(settings.tokens_spent_today.into());
    let budget = number::grouped(settings.daily_token_budget.into());
    let cost = match settings.cost_usd_today {
        cost if cost > 0.0 => format!(", about ${cost:.4}"),
        _ => String::new(),
    };
    format!("{used} of {budget} tokens used today{cost}.")
}

#[component]
fn Providers(rows: Signal<Vec<ProviderView>>) -> impl IntoPiece {
    let row = |provider: ProviderView| {
        let (shape, tone, word) = if provider.ready { ("✓", "ok", "ready") } else { ("○", "muted", "not set up") };
        view! {
            <li class="provider">
                <span class=format!("badge tone-{tone}")><span class="shape" aria-hidden="true">{shape}</span>{word}</span>
                <strong>{provider.name.as_str()}</strong>
                <span class="muted">{provider.model}</span>
                <span class="muted small">{provider.detail}</span>
                {provider.order.map(|order| view! { <span class="muted small end">{format!("asked as no. {order}")}</span> })}
            </li>
        }
    };
    view! { <ul class="plain">{dynamic(move || rows.get().into_iter().map(row).collect_view())}</ul> }
}

#[derive(Clone, Copy)]
struct Fields {
    mode: Field,
    interval: Field,
    provider: Field,
    budget: Field,
    resolve_after: Field,
}

impl Fields {
    fn of(settings: &AnalysisSettings) -> Self {
        Self {
            mode: Field::new(settings.analysis_mode.as_str()),
            interval: Field::new(settings.batch_interval_seconds.map(|s| s.to_string()).unwrap_or_default()),
            provider: Field::new(settings.provider.map(ProviderName::as_str).unwrap_or_default()),
            budget: Field::new(settings.daily_token_budget.to_string()),
            resolve_after: Field::new(settings.resolve_after_batches.to_string()),
        }
    }

    fn read(&self) -> Option<AnalysisSettings> {
        let interval = self.interval.text();
        let interval = if interval.trim().is_empty() { Ok(None) } else { form::whole(&interval, 10, 86_400).map(Some) };
        let interval = self.interval.parse(interval);
        let budget = self.budget.parse(form::whole(&self.budget.text(), 0, 1_000_000_000));
        let resolve_after = self.resolve_after.parse(form::whole(&self.resolve_after.text(), 1, 1_000));
        Some(AnalysisSettings {
            analysis_mode: self.mode.text().parse().unwrap_or(AnalysisMode::Gated),
            batch_interval_seconds: interval?,
            resolve_after_batches: resolve_after?,
            provider: self.provider.text().parse().ok(),
            daily_token_budget: budget?,
            tokens_spent_today: 0,
            cost_usd_today: 0.0,
        })
    }
}

#[component]
fn SettingsForm(
    session: Session,
    settings: AnalysisSettings,
    #[prop(into)] saved: Callback<AnalysisSettings>,
) -> impl IntoPiece {
    let fields = Fields::of(&settings);
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let Some(settings) = fields.read() else { return };
        doing.start(session.save_analysis_settings(&settings), move |outcome| match outcome {
            Ok(now) => {
                toaster.good("Saved. The next batch uses it.");
                saved.run(now);
            }
            Err(fault) => {
                let names = [
                    ("analysis_mode", fields.mode),
                    ("batch_interval_seconds", fields.interval),
                    ("provider", fields.provider),
                    ("daily_token_budget", fields.budget),
                    ("resolve_after_batches", fields.resolve_after),
                ];
                wrong.set(spread(&fault, &names));
            }
        });
    };
    let modes = vec![
        ("gated".to_owned(), "Only when something leaves its baseline".to_owned()),
        ("every_batch".to_owned(), "Every batch, quiet or not".to_owned()),
    ];
    let first = ("".to_owned(), "The server's default".to_owned());
    let providers = std::iter::once(first)
        .chain(ProviderName::ALL.iter().map(|p| (p.as_str().to_owned(), p.as_str().to_owned())))
        .collect();
    view! {
        <form on:submit=submit novalidate>
            <Choice name="mode" label="Ask the model" field=fields.mode options=modes
                help="A quiet batch costs nothing in the first way."/>
            <Choice name="provider" label="Model" field=fields.provider options=providers
                help="When it cannot answer, the next that is ready does; the built-in analyst always can."/>
            <TextField name="interval" label="Seconds between batches" field=fields.interval help="Empty: the server's default."/>
            <TextField name="budget" label="Tokens a day" field=fields.budget help="When spent, the built-in analyst goes on alone."/>
            <TextField name="resolve-after" label="Quiet batches until an incident resolves" field=fields.resolve_after/>
            <Submit verb="Save analysis" pending=doing.pending() wrong=wrong/>
        </form>
    }
}
