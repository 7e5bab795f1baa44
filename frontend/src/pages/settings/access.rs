//! The account: time zone, colours, sessions and API keys.

use leptos::prelude::*;
use watchkeeper_common::auth::{SessionView, UpdateMe};

use super::Tabs;
use super::keys::Keys;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::clock::Ago;
use crate::components::field::{Field, Submit, TextField, spread};
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::theme::ThemePicker;
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::model::form;

pub(crate) fn access(session: Session) -> AnyView {
    title(|| "Account".to_owned());
    let me = session.me().get_untracked();
    view! {
        <Tabs/>
        <section class="card" aria-labelledby="you-heading">
            <h2 id="you-heading">"You"</h2>
            {me.map(|me| view! {
                <p>{me.username} <span class="muted">" · " {me.email}</span></p>
                <Zone session=session zone=me.time_zone/>
            })}
            <div class="field"><span class="label">"Colours"</span><ThemePicker/></div>
        </section>
        <Sessions session=session/>
        <Keys session=session/>
    }
    .into_any()
}

#[component]
fn Zone(session: Session, zone: String) -> impl IntoView {
    let zone = Field::new(zone);
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        if !zone.check(form::required(&zone.text(), "a zone such as Asia/Kolkata")) {
            return;
        }
        let change = UpdateMe {
            username: None,
            email: None,
            time_zone: Some(zone.text().trim().to_owned()),
            current_password: None,
        };
        doing.start(async move { session.update_me(&change).await }, move |outcome| match outcome {
            Ok(me) => toaster.good(format!("Times are shown in {}.", me.time_zone)),
            Err(fault) => wrong.set(spread(&fault, &[("time_zone", zone)])),
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <TextField name="time-zone" label="Time zone" field=zone help="An IANA name, such as Asia/Kolkata or Europe/Berlin."/>
            <Submit verb="Save time zone" pending=doing.pending() wrong=wrong/>
        </form>
    }
}

#[component]
fn Sessions(session: Session) -> impl IntoView {
    let page = live(nouns![], || (), move |()| async move { session.sessions().await });
    let toaster = use_toaster();
    let doing = Doing::new();
    let end = move |id: String| {
        doing.start(async move { session.end_session(&id).await }, move |outcome| match outcome {
            Ok(()) => {
                toaster.good("That session is ended.");
                page.again();
            }
            Err(fault) => toaster.bad(fault.message()),
        });
    };
    let row = move |row: SessionView| {
        let id = row.id.clone();
        let own = row.current;
        view! {
            <li class="item">
                <span class="row-main">
                    <span class="clip">{row.user_agent}</span>
                    <span class="muted small">{row.address} " · used " <Ago at=row.last_used_at/></span>
                </span>
                {if own {
                    view! { <span class="muted">"this one"</span> }.into_any()
                } else {
                    view! { <button type="button" class="quiet small" on:click=move |_| end(id.clone())>"End"</button> }.into_any()
                }}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="sessions-heading">
            <h2 id="sessions-heading">"Sessions"</h2>
            {remote(page, Skeleton::Rows(2), move |page| view! {
                <ul class="plain">{move || page.get().items.into_iter().map(row).collect_view()}</ul>
            })}
        </section>
    }
}
