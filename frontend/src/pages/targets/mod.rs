//! Targets: what is watched, and how its last scrape went.

mod form;
mod row;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use watchkeeper_common::target::TargetView;

use self::form::TargetForm;
use self::row::Row;
use crate::api::Session;
use crate::components::copy::Command;
use crate::components::dialog::Dialog;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Skeleton, remote};
use crate::components::title::title;
use crate::routes::Place;

/// What the form is open for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Editing {
    New,
    Existing(Box<TargetView>),
}

pub(crate) fn targets(session: Session) -> AnyView {
    title(|| "Targets".to_owned());
    let query = use_query_map();
    let page = live(
        nouns![Target, Batch],
        move || query.read().get("cursor"),
        move |cursor| async move { session.targets(cursor).await },
    );
    let editing = RwSignal::new(Editing::New);
    let open = RwSignal::new(false);
    let edit = move |what: Editing| {
        editing.set(what);
        open.set(true);
    };
    let done = move |()| {
        open.set(false);
        page.again();
    };
    let heading = move || match editing.get() {
        Editing::New => "Add a target".to_owned(),
        Editing::Existing(target) => format!("Edit {}", target.name),
    };
    view! {
        <header class="head">
            <h1>"Targets"</h1>
            <button type="button" class="primary" on:click=move |_| edit(Editing::New)>"Add target"</button>
        </header>
        {remote(page, Skeleton::Rows(4), move |page| view! {
            <Show when=move || page.with(|page| !page.items.is_empty()) fallback=Install>
                <Table rows=Signal::derive(move || page.get().items) session=session edit=edit changed=done/>
            </Show>
            {move || page.get().next_cursor.map(|cursor| view! {
                <p><a href=Place::Targets.with(&[("cursor", &cursor)])>"More targets"</a></p>
            })}
        })}
        <Dialog open=open heading=Signal::derive(heading)>
            <TargetForm session=session editing=editing.get_untracked() done=done/>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Table(
    rows: Signal<Vec<TargetView>>,
    session: Session,
    #[prop(into)] edit: Callback<Editing>,
    #[prop(into)] changed: Callback<()>,
) -> impl IntoView {
    let key = |row: &TargetView| row.id.clone();
    let row_of =
        move |id: String| Signal::derive(move || rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Targets">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Health"</th>
                        <th scope="col">"Target"</th>
                        <th scope="col">"Tags"</th>
                        <th scope="col" class="end">"Last scrape"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=key let:target>
                        <Row target=row_of(target.id) session=session edit=edit changed=changed/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// No target yet: how to get something to scrape, with the command filled in.
#[component]
fn Install() -> impl IntoView {
    let docker = "docker run -d --name node_exporter --net host --pid host -v /:/host:ro,rslave quay.io/prometheus/node-exporter --path.rootfs=/host";
    view! {
        <Empty heading="Nothing is watched yet">
            <p>"A target is the address of an exporter: a small program that tells how a machine does. Install one where you want to look, then add its address."</p>
            <h3>"Debian and Ubuntu"</h3>
            <Command text="sudo apt-get install -y prometheus-node-exporter"/>
            <h3>"Docker"</h3>
            <Command text=docker/>
            <p>"Then press " <strong>"Add target"</strong> " and type " <code>"host:9100"</code> "."</p>
        </Empty>
    }
}
