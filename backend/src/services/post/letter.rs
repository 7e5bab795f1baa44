//! The message as HTML mail. Inline styles, nothing loaded from elsewhere, readable on a light and on a dark ground: text
//! keeps the reader's own colours, and the state's colour has contrast on both.

use std::sync::LazyLock;

use minijinja::{Environment, context};
use watchkeeper_domain::incident::Notice;
use watchkeeper_domain::message::Message;
use watchkeeper_domain::verdict::Severity;

/// The name ends in `.html`, which is what turns escaping on.
const NAME: &str = "message.html";

static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.add_template(NAME, include_str!("../../../templates/message.html"))?;
    Ok(environment)
});

/// # Errors
/// The template's own error, which a test would have met first.
pub(super) fn html(message: &Message) -> Result<String, String> {
    let environment = TEMPLATES.as_ref().map_err(ToString::to_string)?;
    let page = environment.get_template(NAME).and_then(|template| {
        template.render(context! {
            title => &message.title,
            colour => colour(message),
            mark => message.mark(),
            flag => message.flag(),
            standing => message.standing(),
            at => &message.at,
            what => message.what_words(),
            summary => &message.summary,
            verdict => message.verdict_words(),
            cause => &message.cause,
            actions => &message.actions,
            proof => &message.proof,
            anomalies => message.anomaly_words(),
            window => &message.window,
            link => &message.link,
        })
    });
    page.map_err(|error| error.to_string())
}

fn colour(message: &Message) -> &'static str {
    match (message.notice, message.severity) {
        (Notice::Resolved, _) => "#2f8f4e",
        (_, Severity::Critical) => "#d63a4a",
        (_, Severity::High) => "#c4621a",
        (_, Severity::Medium) => "#96730c",
        (_, Severity::Low) => "#4a7ec0",
    }
}
