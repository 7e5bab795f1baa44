//! Messages by email, through the server's own mail server or the account's.

use watchkeeper_common::alert::{EmailSettings, SmtpServer, SmtpTls};

use super::receivers::{Test, When, WhenFields, WhenNames};
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::field::{Check, Choice, Field, Submit, TextArea, TextField, spread};
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::form;

const NAMES: WhenNames =
    WhenNames { severity: "email-severity", open: "email-open", update: "email-update", resolve: "email-resolve" };

#[component]
pub(super) fn Email(session: Session) -> impl IntoPiece {
    let settings = live(nouns![Settings], || (), move |()| session.email_settings());
    view! {
        <section class="card" aria-labelledby="email-heading">
            <h2 id="email-heading">"Email"</h2>
            {remote(settings, Skeleton::Text, move |settings| view! {
                <EmailForm session=session settings=settings.get_untracked()/>
                <Test label="Send a test email" send=move || session.test_email()/>
                {super::preview::email(session)}
            })}
        </section>
    }
}

/// The account's own mail server, when it has one.
#[derive(Clone, Copy)]
struct Server {
    own: RwSignal<bool>,
    host: Field,
    port: Field,
    user: Field,
    password: Field,
    from: Field,
    tls: Field,
}

impl Server {
    fn of(settings: &EmailSettings) -> Self {
        let server = settings.server.as_ref();
        let text = |read: fn(&SmtpServer) -> String| Field::new(server.map(read).unwrap_or_default());
        Self {
            own: RwSignal::new(server.is_some() || !settings.server_wide_available),
            host: text(|server| server.host.clone()),
            port: Field::new(server.map_or(587, |server| server.port).to_string()),
            user: text(|server| server.user.clone().unwrap_or_default()),
            password: Field::new(""),
            from: text(|server| server.from.clone()),
            tls: Field::new(server.map_or(SmtpTls::Starttls, |server| server.tls).as_str()),
        }
    }

    /// `None` when a field is refused; `Some(None)` for the server's own.
    fn read(&self) -> Option<Option<SmtpServer>> {
        if !self.own.get_untracked() {
            return Some(None);
        }
        let host = self.host.check(form::required(&self.host.text(), "the mail server's name"));
        let port = self.port.parse(form::whole(&self.port.text(), 1, 65_535));
        let from = self.from.check(form::required(&self.from.text(), "the sender's address"));
        let given = |field: Field| Some(field.text()).filter(|text| !text.is_empty());
        (host && from).then_some(())?;
        Some(Some(SmtpServer {
            host: self.host.text().trim().to_owned(),
            port: u16::try_from(port?).ok()?,
            user: given(self.user),
            password: given(self.password),
            password_set: false,
            from: self.from.text().trim().to_owned(),
            tls: self.tls.text().parse().unwrap_or(SmtpTls::Starttls),
        }))
    }
}

#[component]
fn EmailForm(session: Session, settings: EmailSettings) -> impl IntoPiece {
    let when = When::of(settings.enabled, settings.min_severity, &settings.notify_on);
    let recipients = Field::new(settings.recipients.join("\n"));
    let server = Server::of(&settings);
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let read = move || {
        let list = recipients.parse(form::recipients(&recipients.text()));
        let server = server.read()?;
        Some(EmailSettings {
            enabled: when.enabled.get_untracked(),
            recipients: list?,
            min_severity: when.severity(),
            notify_on: when.notify_on(),
            server,
            server_wide_available: false,
        })
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let Some(settings) = read() else { return };
        doing.start(session.save_email_settings(&settings), move |outcome| match outcome {
            Ok(_) => toaster.good("Email settings are saved."),
            Err(fault) => {
                let names = [
                    ("recipients", recipients),
                    ("server.host", server.host),
                    ("server.port", server.port),
                    ("server.from", server.from),
                    ("server.user", server.user),
                    ("server.password", server.password),
                    ("server.tls", server.tls),
                ];
                wrong.set(spread(&fault, &names));
            }
        });
    };
    let kept = settings.server.as_ref().is_some_and(|server| server.password_set);
    view! {
        <form on:submit=submit novalidate>
            <Check name="email-enabled" label="Send incidents by email" on=when.enabled/>
            <TextArea name="recipients" label="Recipients" field=recipients help="One address a line."/>
            <WhenFields when=when names=NAMES/>
            {settings.server_wide_available.then(|| view! {
                <Check name="smtp-own" label="Use a mail server of your own" on=server.own/>
            })}
            <Show when=move || server.own.get()><ServerFields server=server kept=kept/></Show>
            <Submit verb="Save email" pending=doing.pending() wrong=wrong/>
        </form>
    }
}

#[component]
fn ServerFields(server: Server, kept: bool) -> impl IntoPiece {
    let tls = vec![
        ("starttls".to_owned(), "STARTTLS (usually port 587)".to_owned()),
        ("implicit".to_owned(), "TLS from the start (usually port 465)".to_owned()),
        ("none".to_owned(), "None (a relay on this machine)".to_owned()),
    ];
    let help = if kept { "A password is stored; leave empty to keep it." } else { "" };
    view! {
        <fieldset class="inset">
            <legend>"Mail server"</legend>
            <TextField name="smtp-host" label="Host" field=server.host mono=true/>
            <TextField name="smtp-port" label="Port" field=server.port/>
            <Choice name="smtp-tls" label="Encryption" field=server.tls options=tls/>
            <TextField name="smtp-user" label="User" field=server.user/>
            <TextField name="smtp-password" label="Password" field=server.password kind="password" help=help autocomplete="new-password"/>
            <TextField name="smtp-from" label="Sender" field=server.from help="Such as Watchkeeper <alerts@example.org>."/>
        </fieldset>
    }
}
