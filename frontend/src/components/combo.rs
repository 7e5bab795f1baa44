//! A field that finds one of many by typing: arrows move, Enter takes, Escape leaves it as it was.

use web_sys::KeyboardEvent;

use crate::dom::prelude::*;

/// Most that are listed at once; typing narrows.
const LISTED: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) value: String,
    pub(crate) label: String,
    /// Smaller, behind the label.
    pub(crate) note: String,
}

#[component]
pub(crate) fn Combo(
    /// Unique on its page.
    id: &'static str,
    label: &'static str,
    #[prop(into)] placeholder: Signal<String>,
    /// What fits what is typed; whoever uses this narrows by it.
    #[prop(into)]
    items: Signal<Vec<Item>>,
    typed: RwSignal<String>,
    /// Stands in the field while nobody types.
    #[prop(into)]
    shown: Signal<String>,
    /// Stands in the list when nothing fits.
    none: &'static str,
    #[prop(into)] pick: Callback<String>,
) -> impl IntoPiece {
    let open = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let list = format!("{id}-list");
    let option_id = move |index: usize| format!("{id}-{index}");
    let count = move || items.with(Vec::len).min(LISTED);
    let begin = move || {
        typed.set(String::new());
        active.set(0);
        open.set(true);
    };
    let take = move |index: usize| {
        let value = items.with_untracked(|items| items.get(index).map(|item| item.value.clone()));
        if let Some(value) = value {
            open.set(false);
            pick.run(value);
        }
    };
    let go = move |index: usize| {
        active.set(index);
        request_animation_frame(move || {
            if let Some(option) = document().get_element_by_id(&option_id(index)) {
                option.scroll_into_view_with_bool(false);
            }
        });
    };
    let key = move |event: KeyboardEvent| {
        let last = untrack(count).saturating_sub(1);
        let here = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if !open.get_untracked() => begin(),
            "ArrowDown" => go(if here >= last { 0 } else { here + 1 }),
            "ArrowUp" => go(here.checked_sub(1).unwrap_or(last)),
            "Enter" if open.get_untracked() => take(here),
            "Escape" if open.get_untracked() => open.set(false),
            _ => return,
        }
        event.prevent_default();
    };
    let value = move || if open.get() { typed.get() } else { shown.get() };
    let described = move || (open.get() && count() > 0).then(|| option_id(active.get()));
    let options = move || {
        let option = move |(index, item): (usize, Item)| {
            view! {
                <li id=option_id(index) role="option" aria-selected=derived(move || (active.get() == index).to_string())
                    on:click=move |_| take(index)>
                    <span class="option-label">{item.label}</span>
                    <span class="muted small">{item.note}</span>
                </li>
            }
        };
        items.get().into_iter().take(LISTED).enumerate().map(option).collect_view()
    };
    view! {
        <div class="combo">
            <label for=id>{label}</label>
            <input id=id type="text" role="combobox" autocomplete="off" spellcheck="false" autocapitalize="off"
                aria-expanded=derived(move || open.get().to_string()) aria-controls=list.clone() aria-autocomplete="list"
                aria-activedescendant=derived(described) placeholder=derived(move || placeholder.get()) prop:value=derived(value)
                on:focus=move |_| begin() on:click=move |_| if !open.get_untracked() { begin() }
                on:blur=move |_| open.set(false) on:keydown=key
                on:input:target=move |event| { typed.set(event.target().value()); active.set(0); open.set(true); }/>
            <ul id=list role="listbox" aria-label=label hidden=derived(move || !open.get()) on:mousedown=|event| event.prevent_default()>
                {dynamic(options)}
                <li class="muted small" role="presentation" hidden=derived(move || count() != 0)>{none}</li>
                <li class="muted small" role="presentation" hidden=derived(move || items.with(Vec::len) <= LISTED)>"More fit: type to narrow."</li>
            </ul>
        </div>
    }
}
