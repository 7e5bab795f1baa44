//! How to install an exporter, by platform, with the command to copy.

use watchkeeper_common::target::ExporterKind;

use crate::components::copy::Command;
use crate::dom::prelude::*;
use crate::model::install::{Install, ways};

#[component]
pub(super) fn InstallLines(#[prop(into)] kind: Signal<ExporterKind>) -> impl IntoPiece {
    let picked = RwSignal::new("");
    let chosen = move || {
        let ways = ways(kind.get());
        ways.iter().find(|way| way.platform == picked.get()).or(ways.first()).copied()
    };
    let button = move |way: &'static Install| {
        let pressed = move || (chosen().map(|chosen| chosen.platform) == Some(way.platform)).to_string();
        view! { <button type="button" aria-pressed=derived(pressed) on:click=move |_| picked.set(way.platform)>{way.platform}</button> }
    };
    let line = move || {
        chosen().map(|way| {
            let then = (!way.then.is_empty()).then(|| view! { <p class="help">{way.then}</p> });
            view! { <Command text=Signal::stored(way.command.to_owned())/> {then} }
        })
    };
    view! {
        <div class="install" hidden=derived(move || chosen().is_none())>
            <div class="segments" role="group" aria-label="Platform">
                {dynamic(move || ways(kind.get()).iter().map(button).collect_view())}
            </div>
            {dynamic(line)}
        </div>
    }
}
