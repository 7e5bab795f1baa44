//! Form fields: label above, help under, the error beside it in words, all tied together for assistive technology.

use crate::api::Fault;
use crate::dom::prelude::*;

/// A field's text and what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) value: RwSignal<String>,
    pub(crate) error: RwSignal<Option<String>>,
}

impl Field {
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self { value: RwSignal::new(value.into()), error: RwSignal::new(None) }
    }

    pub(crate) fn text(&self) -> String {
        self.value.get_untracked()
    }

    /// Notes what is wrong; `true` when nothing is.
    pub(crate) fn check(&self, wrong: Option<String>) -> bool {
        let sound = wrong.is_none();
        self.error.set(wrong);
        sound
    }

    /// The parsed value, or its error noted.
    pub(crate) fn parse<T>(&self, parsed: Result<T, String>) -> Option<T> {
        let (value, wrong) = match parsed {
            Ok(value) => (Some(value), None),
            Err(wrong) => (None, Some(wrong)),
        };
        self.error.set(wrong);
        value
    }
}

/// Spreads a refusal over the fields it names; what belongs to none of them comes back.
pub(crate) fn spread(fault: &Fault, fields: &[(&str, Field)]) -> Option<String> {
    let mut found = false;
    for (name, field) in fields {
        if let Some(message) = fault.field(name) {
            field.error.set(Some(message));
            found = true;
        }
    }
    (!found).then(|| fault.message())
}

#[component]
pub(crate) fn TextField(
    /// Also the element's id, so it is unique on its page.
    name: &'static str,
    label: &'static str,
    field: Field,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] help: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] placeholder: Signal<String>,
    #[prop(optional)] mono: bool,
) -> impl IntoPiece {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type=kind autocomplete=autocomplete placeholder=derived(move || placeholder.get()) class:mono=mono
                spellcheck="false" autocapitalize="off" bind:value=field.value
                aria-invalid=derived(move || field.error.with(Option::is_some).to_string())
                aria-describedby=format!("{name}-help {name}-error")/>
            <Notes name=name help=help error=field.error/>
        </div>
    }
}

#[component]
pub(crate) fn TextArea(
    name: &'static str,
    label: &'static str,
    field: Field,
    #[prop(optional)] help: &'static str,
) -> impl IntoPiece {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea id=name name=name rows="3" spellcheck="false" bind:value=field.value
                aria-invalid=derived(move || field.error.with(Option::is_some).to_string())
                aria-describedby=format!("{name}-help {name}-error")></textarea>
            <Notes name=name help=help error=field.error/>
        </div>
    }
}

/// A choice of a few; `options` are value and label.
#[component]
pub(crate) fn Choice(
    name: &'static str,
    label: &'static str,
    field: Field,
    options: Vec<(String, String)>,
    #[prop(optional)] help: &'static str,
) -> impl IntoPiece {
    let option = move |(value, text): (String, String)| {
        let own = value.clone();
        view! { <option value=value selected=derived(move || field.value.with(|chosen| *chosen == own))>{text}</option> }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name aria-describedby=format!("{name}-help {name}-error")
                on:change:target=move |event| field.value.set(event.target().value())>
                {options.into_iter().map(option).collect_view()}
            </select>
            <Notes name=name help=help error=field.error/>
        </div>
    }
}

#[component]
pub(crate) fn Check(name: &'static str, label: &'static str, on: RwSignal<bool>) -> impl IntoPiece {
    view! {
        <label class="check" for=name>
            <input id=name name=name type="checkbox" bind:checked=on/>
            {label}
        </label>
    }
}

#[component]
fn Notes(name: &'static str, help: &'static str, error: RwSignal<Option<String>>) -> impl IntoPiece {
    view! {
        <p class="help" id=format!("{name}-help") hidden=help.is_empty()>{help}</p>
        <p class="error" id=format!("{name}-error") role="alert" hidden=derived(move || error.with(Option::is_none))>
            {dynamic(move || error.get())}
        </p>
    }
}

/// The button of a form and what stands against the whole of it.
#[component]
pub(crate) fn Submit(
    verb: &'static str,
    #[prop(into)] pending: Signal<bool>,
    #[prop(into)] wrong: Signal<Option<String>>,
    #[prop(default = "primary")] class: &'static str,
) -> impl IntoPiece {
    view! {
        <p class="notice bad" role="alert" hidden=derived(move || wrong.with(Option::is_none))>{dynamic(move || wrong.get())}</p>
        <div class="buttons">
            <button type="submit" class=class disabled=derived(move || pending.get())>
                {dynamic(move || if pending.get() { "Working…" } else { verb })}
            </button>
        </div>
    }
}
