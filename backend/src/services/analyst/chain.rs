//! Which providers exist on this server, in which order they are asked, and whether they could be.

use std::time::Duration;

use futures::future::join_all;
use watchkeeper_clients::egress::{EgressError, Guard, Policy};
use watchkeeper_clients::llm::{Headers, Line, Model, Ollama, OpenAi};
use watchkeeper_domain::llm::Provider;

use crate::config::{self, HttpUrl, Llm};

/// Readiness asks each provider's cheapest question; it must keep neither a page nor a probe waiting.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// The providers of this server and their order; the built-in analyst is understood at its end.
#[derive(Debug, Default)]
pub struct Chain {
    lines: Vec<Line>,
    /// Server-wide order without `builtin`.
    order: Vec<Provider>,
    /// What each provider is called by, also where it lacks a key.
    models: Vec<(Provider, String)>,
}

/// One provider as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    pub provider: Provider,
    pub model: String,
    /// What is there, or what is missing.
    pub state: Result<String, String>,
    /// From 1.
    pub place: Option<u32>,
}

impl Chain {
    /// The addresses are the operator's own, so a model on this machine is allowed whatever holds for tenants. `site` is where
    /// the dashboard is reached, told to providers that ask for it.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn open(settings: &Llm, site: Option<&HttpUrl>) -> Result<Self, EgressError> {
        let client = Guard::new(Policy { allow_private: true }).client(settings.timeout.0)?;
        let mut lines = Vec::new();
        let openai_base = settings.openai_base_url.as_url().clone();
        if settings.openai_api_key.is_some() || openai_base.host_str() != Some("api.openai.com") {
            let key = settings.openai_api_key.clone();
            let model = OpenAi::new(client.clone(), openai_base, key, settings.openai_model.clone(), Headers::None);
            lines.push(Line::new(Provider::Openai, Model::OpenAi(model)));
        }
        if let Some(key) = settings.openrouter_api_key.clone() {
            let base = settings.openrouter_base_url.as_url().clone();
            let name = settings.openrouter_model_id.clone();
            let headers = Headers::open_router(site.map(HttpUrl::as_url));
            let model = OpenAi::new(client.clone(), base, Some(key), name, headers);
            lines.push(Line::new(Provider::Openrouter, Model::OpenAi(model)));
        }
        let model = Ollama::new(client, settings.url.as_url().clone(), settings.model.clone());
        lines.push(Line::new(Provider::Ollama, Model::Ollama(model)));
        Ok(Self {
            lines,
            order: order(known(settings.provider), settings.fallback.0.iter().copied().map(known)),
            models: vec![
                (Provider::Openai, settings.openai_model.clone()),
                (Provider::Openrouter, settings.openrouter_model_id.clone()),
                (Provider::Ollama, settings.model.clone()),
            ],
        })
    }

    /// The lines to ask, first to last: the tenant's choice, then the server's order. A tenant who chose `builtin` asks none.
    pub(super) fn order(&self, chosen: Option<Provider>) -> impl Iterator<Item = &Line> {
        let order = match chosen {
            Some(first) => order(first, self.order.iter().copied()),
            None => self.order.clone(),
        };
        order.into_iter().filter_map(|provider| self.lines.iter().find(|line| line.provider() == provider))
    }

    pub(super) async fn readiness(&self) -> Vec<Readiness> {
        let mut all = join_all(self.models.iter().map(|(provider, model)| self.state(*provider, model))).await;
        let place = u32::try_from(self.order.len()).unwrap_or(u32::MAX).saturating_add(1);
        all.push(Readiness {
            provider: Provider::Builtin,
            model: super::BUILTIN_MODEL.to_owned(),
            state: Ok("needs no model; ends every chain".to_owned()),
            place: Some(place),
        });
        all
    }

    /// The providers that are asked, first to last, without the built-in analyst.
    pub(super) async fn asked(&self) -> Vec<Readiness> {
        let asked = self.order.iter().filter_map(|first| self.models.iter().find(|(provider, _)| provider == first));
        join_all(asked.map(|(provider, model)| self.state(*provider, model))).await
    }

    async fn state(&self, provider: Provider, model: &str) -> Readiness {
        let state = match self.lines.iter().find(|line| line.provider() == provider) {
            None => Err(format!("{} is not set", key_name(provider))),
            Some(line) if line.is_open() => Err("left alone for a moment after repeated failures".to_owned()),
            Some(line) => match tokio::time::timeout(READY_WITHIN, line.model().ready()).await {
                Ok(state) => state,
                Err(_elapsed) => Err(format!("no answer within {} s", READY_WITHIN.as_secs())),
            },
        };
        let place = self.order.iter().position(|p| *p == provider).and_then(|at| u32::try_from(at + 1).ok());
        Readiness { provider, model: model.to_owned(), state, place }
    }
}

/// First, then the rest, each once, up to `builtin`.
fn order(first: Provider, rest: impl Iterator<Item = Provider>) -> Vec<Provider> {
    let mut order = Vec::new();
    for provider in std::iter::once(first).chain(rest).take_while(|provider| *provider != Provider::Builtin) {
        if !order.contains(&provider) {
            order.push(provider);
        }
    }
    order
}

fn known(provider: config::Provider) -> Provider {
    match provider {
        config::Provider::Builtin => Provider::Builtin,
        config::Provider::Openai => Provider::Openai,
        config::Provider::Openrouter => Provider::Openrouter,
        config::Provider::Ollama => Provider::Ollama,
    }
}

fn key_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Openai => "OPENAI_API_KEY",
        Provider::Openrouter => "OPENROUTER_API_KEY",
        Provider::Ollama => "LLM_URL",
        Provider::Builtin => "LLM_PROVIDER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_ends_at_builtin_and_repeats_nobody() {
        use Provider::{Builtin, Ollama, Openai, Openrouter};
        assert_eq!(order(Openai, [Ollama, Openai, Builtin, Openrouter].into_iter()), [Openai, Ollama]);
        assert_eq!(order(Builtin, [Ollama].into_iter()), []);
    }
}
