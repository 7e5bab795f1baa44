//! Light, dark, or as the system has it.

use crate::dom::prelude::*;

const KEY: &str = "watchkeeper.theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    System,
    Light,
    Dark,
}

impl Choice {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// The choice; setting it repaints and remembers.
#[derive(Clone, Copy)]
pub(crate) struct Theme(RwSignal<Choice>);

impl Theme {
    pub(crate) fn stored() -> Self {
        let word = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        let choice = Choice::ALL.into_iter().find(|choice| Some(choice.word()) == word.as_deref());
        Self(RwSignal::new(choice.unwrap_or(Choice::System)))
    }

    pub(crate) fn get(&self) -> Choice {
        self.0.get()
    }

    pub(crate) fn choose(&self, choice: Choice) {
        self.0.set(choice);
        let Some(root) = document().document_element() else { return };
        let (painted, stored) = match choice {
            Choice::System => (root.remove_attribute("data-theme"), storage().map(|s| s.remove_item(KEY))),
            Choice::Light | Choice::Dark => {
                (root.set_attribute("data-theme", choice.word()), storage().map(|s| s.set_item(KEY, choice.word())))
            }
        };
        // Where storage is off the choice lasts as long as the page.
        painted.and(stored.unwrap_or(Ok(()))).unwrap_or_default();
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Three buttons, one pressed.
#[component]
pub(crate) fn ThemePicker() -> impl IntoPiece {
    let theme: Theme = expect_context();
    let button = move |choice: Choice| {
        view! {
            <button type="button" aria-pressed=derived(move || (theme.get() == choice).to_string()) on:click=move |_| theme.choose(choice)>
                {choice.word()}
            </button>
        }
    };
    view! { <div class="segments" role="group" aria-label="Colours">{Choice::ALL.map(button).collect_view()}</div> }
}
