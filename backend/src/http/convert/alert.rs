//! Receivers. Secrets cross in one direction only.

use serde_json::Value as Json;
use watchkeeper_common::alert as wire;
use watchkeeper_common::analysis::Severity as Word;
use watchkeeper_domain::alert::{EmailConfig, NotifyOn, SmtpServer, SmtpTls};
use watchkeeper_domain::verdict::Severity;

use super::analysis::severity;
use crate::services::alert::{
    DEFAULT_NOTIFY_ON, DEFAULT_SEVERITY, EmailDraft, EmailState, Mail, ServerDraft, SlackDraft, SlackPost, SlackState,
    Tested,
};

pub(in crate::http) fn email(state: EmailState) -> wire::EmailSettings {
    let EmailState { config: EmailConfig { enabled, recipients, min_severity, notify_on: on, server, .. }, .. } = state;
    wire::EmailSettings {
        enabled,
        recipients,
        min_severity: severity(min_severity),
        notify_on: notify_on(on),
        server: server.map(shown),
        server_wide_available: state.server_wide_available,
    }
}

fn shown(server: SmtpServer) -> wire::SmtpServer {
    wire::SmtpServer {
        host: server.host,
        port: server.port,
        user: server.user,
        password: None,
        password_set: server.password_sealed.is_some(),
        from: server.from,
        tls: match server.tls {
            SmtpTls::Starttls => wire::SmtpTls::Starttls,
            SmtpTls::Implicit => wire::SmtpTls::Implicit,
            SmtpTls::None => wire::SmtpTls::None,
        },
    }
}

pub(in crate::http) fn email_draft(body: wire::EmailSettings) -> EmailDraft {
    EmailDraft {
        enabled: body.enabled,
        recipients: body.recipients,
        min_severity: severity_in(body.min_severity),
        notify_on: notify_on_in(&body.notify_on),
        server: body.server.map(server_draft),
    }
}

fn server_draft(server: wire::SmtpServer) -> ServerDraft {
    ServerDraft {
        host: server.host,
        port: server.port,
        user: server.user,
        password: server.password.map(Into::into),
        from: server.from,
        tls: match server.tls {
            wire::SmtpTls::Starttls => SmtpTls::Starttls,
            wire::SmtpTls::Implicit => SmtpTls::Implicit,
            wire::SmtpTls::None => SmtpTls::None,
        },
    }
}

pub(in crate::http) fn slack(state: SlackState) -> wire::SlackSettings {
    let config = state.config;
    let chosen = config.as_ref();
    wire::SlackSettings {
        enabled: chosen.is_some_and(|config| config.enabled),
        webhook_url: None,
        webhook_set: chosen.is_some(),
        webhook_hint: state.hint,
        min_severity: severity(chosen.map_or(DEFAULT_SEVERITY, |config| config.min_severity)),
        notify_on: notify_on(chosen.map_or(DEFAULT_NOTIFY_ON, |config| config.notify_on)),
    }
}

pub(in crate::http) fn slack_draft(body: wire::SlackSettings) -> SlackDraft {
    SlackDraft {
        enabled: body.enabled,
        webhook: body.webhook_url.map(Into::into),
        min_severity: severity_in(body.min_severity),
        notify_on: notify_on_in(&body.notify_on),
    }
}

pub(in crate::http) fn tested(tested: Tested) -> wire::TestResult {
    wire::TestResult { ok: tested.ok, detail: tested.detail }
}

pub(in crate::http) fn mail(mail: Mail) -> wire::EmailPreview {
    wire::EmailPreview { subject: mail.subject, text: mail.text, html: mail.html, example: mail.example }
}

pub(in crate::http) fn slack_post(post: &SlackPost) -> wire::SlackPreview {
    wire::SlackPreview {
        text: post.content.get("text").map(text_of).unwrap_or_default(),
        blocks: slack_blocks(&post.content),
        example: post.example,
    }
}

/// Slack's JSON, block by block: its kind, and its text or the texts of its elements.
pub(super) fn slack_blocks(content: &Json) -> Vec<wire::SlackBlock> {
    let block = |block: &Json| {
        let elements = block.get("elements").and_then(Json::as_array).into_iter().flatten();
        let texts = block.pointer("/text/text").into_iter().chain(elements.filter_map(|element| element.get("text")));
        let kind = block.get("type").map(text_of).unwrap_or_default();
        wire::SlackBlock { kind, text: texts.map(text_of).collect::<Vec<_>>().join("\n") }
    };
    content.get("blocks").and_then(Json::as_array).into_iter().flatten().map(block).collect()
}

fn text_of(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn notify_on(on: NotifyOn) -> wire::NotifyOn {
    wire::NotifyOn { open: on.open, update: on.update, resolve: on.resolve }
}

fn notify_on_in(on: &wire::NotifyOn) -> NotifyOn {
    NotifyOn { open: on.open, update: on.update, resolve: on.resolve }
}

fn severity_in(word: Word) -> Severity {
    match word {
        Word::Low => Severity::Low,
        Word::Medium => Severity::Medium,
        Word::High => Severity::High,
        Word::Critical => Severity::Critical,
    }
}
