//! What tokens cost, where it is known. List prices in US dollars per million tokens, as of November 2026.

use watchkeeper_domain::llm::Provider;

/// Model name (without an OpenRouter vendor prefix), prompt price, completion price.
const PRICES: &[(&str, f64, f64)] = &[
    ("gpt-4o-mini", 0.15, 0.60),
    ("gpt-4o", 2.50, 10.00),
    ("gpt-4.1-nano", 0.10, 0.40),
    ("gpt-4.1-mini", 0.40, 1.60),
    ("gpt-4.1", 2.00, 8.00),
    ("gpt-5-nano", 0.05, 0.40),
    ("gpt-5-mini", 0.25, 2.00),
    ("gpt-5", 1.25, 10.00),
];

/// Cost of a call; `None` when the price is not known. What runs here costs nothing.
#[must_use]
pub fn cost_usd(provider: Provider, model: &str, prompt_tokens: u32, completion_tokens: u32) -> Option<f64> {
    match provider {
        Provider::Ollama | Provider::Builtin => return Some(0.0),
        Provider::Openai | Provider::Openrouter => {}
    }
    let name = model.strip_prefix("openai/").unwrap_or(model);
    let (_, prompt, completion) = PRICES.iter().find(|(known, ..)| *known == name)?;
    Some((f64::from(prompt_tokens) * prompt + f64::from(completion_tokens) * completion) / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_model_has_a_price_and_an_unknown_one_none() {
        assert_eq!(cost_usd(Provider::Openai, "gpt-4o-mini", 1_000_000, 1_000_000), Some(0.75));
        assert_eq!(cost_usd(Provider::Openrouter, "openai/gpt-4o-mini", 1_000_000, 0), Some(0.15));
        assert_eq!(cost_usd(Provider::Openai, "my-own", 5, 5), None);
        assert_eq!(cost_usd(Provider::Ollama, "llama3.1", 5, 5), Some(0.0));
    }
}
