//! Adding and editing a target.

use watchkeeper_common::target::{CreateTarget, ExporterKind, TargetView, UpdateTarget};

use super::Editing;
use super::install::InstallLines;
use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::field::{Choice, Field, Submit, TextField, spread};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::install::port;
use crate::model::{form, words};

/// The form's fields; all Copy, so that handlers can hold them.
#[derive(Clone, Copy)]
struct Fields {
    address: Field,
    name: Field,
    kind: Field,
    tags: Field,
}

impl Fields {
    fn of(editing: &Editing) -> Self {
        match editing {
            Editing::New => Self {
                address: Field::new(""),
                name: Field::new(""),
                kind: Field::new(ExporterKind::Node.as_str()),
                tags: Field::new(""),
            },
            Editing::Existing(target) => Self {
                address: Field::new(shown_address(target)),
                name: Field::new(target.name.clone()),
                kind: Field::new(target.kind.as_str()),
                tags: Field::new(form::tags_text(&target.tags)),
            },
        }
    }

    fn kind(&self) -> ExporterKind {
        self.kind.value.get().parse().unwrap_or(ExporterKind::Custom)
    }

    /// A host alone gets the port that the exporter usually has.
    fn complete(&self) {
        let text = self.address.text();
        let host = !text.trim().is_empty() && !text.contains([':', '/']);
        if let Some(port) = port(untrack(|| self.kind())).filter(|_| host) {
            self.address.value.set(format!("{}:{port}", text.trim()));
        }
    }

    /// What was typed, when all of it makes sense here.
    fn read(&self) -> Option<CreateTarget> {
        let sound = self.address.check(form::address(&self.address.text()));
        let tags = self.tags.parse(form::tags(&self.tags.text()))?;
        sound.then(|| CreateTarget {
            address: self.address.text().trim().to_owned(),
            name: self.name.text().trim().to_owned(),
            tags,
            kind: self.kind.text().parse().unwrap_or(ExporterKind::Custom),
            enabled: true,
        })
    }
}

/// The address as one would type it: bare where scheme and path are the usual ones.
fn shown_address(target: &TargetView) -> String {
    if target.scheme == "http" && target.metrics_path == "/metrics" {
        return target.address.clone();
    }
    format!("{}://{}{}", target.scheme, target.address, target.metrics_path)
}

#[component]
pub(super) fn TargetForm(session: Session, editing: Editing, #[prop(into)] done: Callback<()>) -> impl IntoPiece {
    let fields = Fields::of(&editing);
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let new = editing == Editing::New;
    let verb = if new { "Add target" } else { "Save target" };
    let settle = move |outcome: Result<TargetView, Fault>| match outcome {
        Ok(target) => {
            toaster.good(format!("{} is saved; its first scrape follows within a minute.", target.name));
            done.run(());
        }
        Err(fault) => {
            let names =
                [("address", fields.address), ("name", fields.name), ("kind", fields.kind), ("tags", fields.tags)];
            wrong.set(spread(&fault, &names));
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        fields.complete();
        let Some(form) = fields.read() else { return };
        match editing.clone() {
            Editing::New => doing.start(session.create_target(&form), settle),
            Editing::Existing(target) => {
                let change = UpdateTarget {
                    address: Some(form.address),
                    name: Some(form.name),
                    tags: Some(form.tags),
                    kind: Some(form.kind),
                    enabled: None,
                };
                doing.start(session.update_target(&target.id, &change), settle);
            }
        }
    };
    let kinds =
        ExporterKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), words::exporter(*kind).0.to_owned())).collect();
    let example = move || words::exporter(fields.kind()).1.to_owned();
    view! {
        <form on:submit=submit novalidate>
            <TextField name="address" label="Address" field=fields.address placeholder=Signal::derive(example) mono=true
                help="host:port, or a URL with scheme and path. A host alone gets the exporter's usual port."/>
            <Choice name="kind" label="Exporter" field=fields.kind options=kinds/>
            <Show when=move || new>
                <details><summary>"How to install it"</summary><InstallLines kind=Signal::derive(move || fields.kind())/></details>
            </Show>
            <TextField name="name" label="Name" field=fields.name help="What you call it; the address if left empty."/>
            <TextField name="tags" label="Tags" field=fields.tags help="Such as env=prod, team=web." mono=true/>
            <Submit verb=verb pending=doing.pending() wrong=wrong/>
        </form>
    }
}
