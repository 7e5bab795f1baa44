//! Who is in: sessions and API keys.

use watchkeeper_common::auth::SessionView;

use super::Tabs;
use super::keys::Keys;
use crate::api::{Fault, Session};
use crate::components::action::Doing;
use crate::components::clock::Ago;
use crate::components::dialog::Confirm;
use crate::components::live::{live, nouns};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;

pub(crate) fn access(session: Session) -> Piece {
    title(|| "Access".to_owned());
    view! {
        <Tabs/>
        <Sessions session=session/>
        <Keys session=session/>
    }
}

#[component]
fn Sessions(session: Session) -> impl IntoPiece {
    let page = live(nouns![], || (), move |()| session.sessions());
    let toaster = use_toaster();
    let doing = Doing::new();
    let asking = RwSignal::new(false);
    let after = move |outcome: Result<(), Fault>| {
        asking.set(false);
        match outcome {
            Ok(()) => {
                toaster.good("Signed out there.");
                page.again();
            }
            Err(fault) => toaster.bad(fault.message()),
        }
    };
    let end = move |id: String| doing.start(session.end_session(&id), after);
    let end_others = move |()| doing.start(session.end_other_sessions(), after);
    let row = move |row: SessionView| {
        let id = row.id.clone();
        let own = row.current;
        view! {
            <li class="item">
                <span class="row-main">
                    <strong title=row.user_agent>{row.device}</strong>
                    <span class="muted small">{row.address} " · used " <Ago at=row.last_used_at/> " · signed in " <Ago at=row.created_at/></span>
                </span>
                {if own {
                    view! { <span class="muted small">"this one"</span> }
                } else {
                    view! {
                        <button type="button" class="quiet small" disabled=derived(move || doing.pending().get())
                            on:click=move |_| end(id.clone())>"Sign out"</button>
                    }
                }}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="sessions-heading">
            <h2 id="sessions-heading">"Sessions"</h2>
            {remote(page, Skeleton::Rows(2), move |page| view! {
                <ul class="plain">{each(move || page.get().items, row)}</ul>
                <Show when=move || page.with(|page| page.items.len() > 1)>
                    <p><button type="button" on:click=move |_| asking.set(true)>"Sign out everywhere else"</button></p>
                </Show>
            })}
            <Confirm open=asking verb="Sign out everywhere else" pending=doing.pending() confirm=end_others
                heading="Sign out everywhere else?"
                consequence="Every other browser has to sign in again. API keys go on working."/>
        </section>
    }
}
