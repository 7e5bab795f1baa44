//! API keys: made, shown once, revoked.

use watchkeeper_common::auth::{ApiKeyView, CreateApiKey, KeyScope};
use watchkeeper_common::page::Page;

use crate::api::Session;
use crate::components::action::Doing;
use crate::components::clock::Ago;
use crate::components::copy::Command;
use crate::components::dialog::Confirm;
use crate::components::field::{Check, Field, Submit, TextField, spread};
use crate::components::live::{Live, live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::form;

#[component]
pub(super) fn Keys(session: Session) -> impl IntoPiece {
    let page = live(nouns![], || (), move |()| session.api_keys());
    view! {
        <section class="card" aria-labelledby="keys-heading">
            <h2 id="keys-heading">"API keys"</h2>
            {remote(page, Skeleton::Rows(2), move |keys| view! {
                <Show when=move || keys.with(|keys| !keys.items.is_empty())
                    fallback=|| view! { <p class="muted">"None. A key lets a program use the API as you, within its scopes."</p> }>
                    <ul class="plain">
                        {each(move || keys.get().items, move |key| view! { <Key key=key session=session page=page/> })}
                    </ul>
                </Show>
            })}
            <NewKey session=session page=page/>
        </section>
    }
}

#[component]
fn Key(key: ApiKeyView, session: Session, page: Live<Page<ApiKeyView>>) -> impl IntoPiece {
    let toaster = use_toaster();
    let doing = Doing::new();
    let asking = RwSignal::new(false);
    let (id, name) = (key.id, key.name.clone());
    let revoke = move |()| {
        let id = id.clone();
        doing.start(session.revoke_api_key(&id), move |outcome| {
            asking.set(false);
            match outcome {
                Ok(()) => {
                    toaster.good("The key is revoked.");
                    page.again();
                }
                Err(fault) => toaster.bad(fault.message()),
            }
        });
    };
    let scopes = key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    view! {
        <li class="item">
            <span class="row-main">
                <span><strong>{key.name}</strong> " " <code>{key.hint} "…"</code></span>
                <span class="muted small">
                    {scopes} " · "
                    {key.last_used_at.map_or_else(|| view! { "never used" }, |at| view! { "used " <Ago at=at/> })}
                </span>
            </span>
            <button type="button" class="quiet small" on:click=move |_| asking.set(true)>"Revoke"</button>
            <Confirm open=asking verb="Revoke key" pending=doing.pending() confirm=revoke
                heading=Signal::derive(move || format!("Revoke {name}?"))
                consequence=Signal::derive(|| "Programs that use it are refused from now on.".to_owned())/>
        </li>
    }
}

#[component]
fn NewKey(session: Session, page: Live<Page<ApiKeyView>>) -> impl IntoPiece {
    let name = Field::new("");
    let (read, write, ingest) = (RwSignal::new(true), RwSignal::new(false), RwSignal::new(false));
    let secret = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        if !name.check(form::required(&name.text(), "what the key is for")) {
            return;
        }
        let all = [(read, KeyScope::Read), (write, KeyScope::Write), (ingest, KeyScope::Ingest)];
        let scopes = all.into_iter().filter(|(on, _)| on.get_untracked()).map(|(_, scope)| scope).collect();
        let key = CreateApiKey { name: name.text().trim().to_owned(), scopes };
        doing.start(session.create_api_key(&key), move |outcome| match outcome {
            Ok(created) => {
                secret.set(Some(created.secret));
                name.value.set(String::new());
                page.again();
            }
            Err(fault) => wrong.set(spread(&fault, &[("name", name)])),
        });
    };
    view! {
        {dynamic(move || secret.get().map(|secret| view! {
            <div class="notice" role="status">
                <p>"Copy the key now; it is not shown again."</p>
                <Command text=secret/>
            </div>
        }))}
        <form on:submit=submit novalidate>
            <TextField name="key-name" label="New key for" field=name placeholder="ci"/>
            <fieldset>
                <legend>"It may"</legend>
                <Check name="key-read" label="read" on=read/>
                <Check name="key-write" label="write" on=write/>
                <Check name="key-ingest" label="ingest" on=ingest/>
            </fieldset>
            <Submit verb="Create key" pending=doing.pending() wrong=wrong/>
        </form>
    }
}
