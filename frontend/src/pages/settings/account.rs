//! The account: what it is called, its zone, its password, and colours.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use watchkeeper_common::auth::{ChangePassword, Me, UpdateMe};

use super::Tabs;
use crate::api::Session;
use crate::components::action::Doing;
use crate::components::field::{Choice, Field, Submit, TextField, spread};
use crate::components::theme::ThemePicker;
use crate::components::title::title;
use crate::components::toast::use_toaster;
use crate::dom::prelude::*;
use crate::model::form;

pub(crate) fn account(session: Session) -> Piece {
    title(|| "Account".to_owned());
    let me = session.me().get_untracked();
    view! {
        <Tabs/>
        <section class="card" aria-labelledby="you-heading">
            <h2 id="you-heading">"You"</h2>
            {me.map(|me| view! { <Profile session=session me=me/> })}
        </section>
        <section class="card" aria-labelledby="password-heading">
            <h2 id="password-heading">"Password"</h2>
            <Password session=session/>
        </section>
        <section class="card" aria-labelledby="colours-heading">
            <h2 id="colours-heading">"Colours"</h2>
            <ThemePicker/>
        </section>
    }
}

#[component]
fn Profile(session: Session, me: Me) -> impl IntoPiece {
    let (username, email) = (Field::new(&*me.username), Field::new(&*me.email));
    let (zone, password) = (Field::new(&*me.time_zone), Field::new(""));
    let zones = zones(&me.time_zone);
    let known = RwSignal::new(me);
    let renamed = Memo::new(move |_| {
        known.with(|me| username.value.get().trim() != me.username || email.value.get().trim() != me.email)
    });
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let named = username.check(form::required(&username.text(), "a user name"));
        let reached = email.check(form::required(&email.text(), "your mail address"));
        let proven =
            !renamed.get_untracked() || password.check(form::required(&password.text(), "your current password"));
        if !(named && reached && proven) {
            return;
        }
        let names = renamed.get_untracked();
        let change = UpdateMe {
            username: names.then(|| username.text().trim().to_owned()),
            email: names.then(|| email.text().trim().to_owned()),
            time_zone: Some(zone.text()),
            current_password: names.then(|| password.text()),
        };
        doing.start(Box::pin(async move { session.update_me(&change).await }), move |outcome| match outcome {
            Ok(me) => {
                toaster.good(format!("Saved. Times are shown in {}.", me.time_zone));
                password.value.set(String::new());
                known.set(me);
            }
            Err(fault) => {
                let fields =
                    [("username", username), ("email", email), ("time_zone", zone), ("current_password", password)];
                wrong.set(spread(&fault, &fields));
            }
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <TextField name="username" label="User name" field=username autocomplete="username"/>
            <TextField name="email" label="Mail address" field=email kind="email" autocomplete="email"/>
            <Choice name="time-zone" label="Time zone" field=zone options=zones help="Pages and messages say times in it."/>
            <Show when=move || renamed.get()>
                <TextField name="profile-password" label="Current password" field=password kind="password"
                    autocomplete="current-password" help="You sign in with your name and mail address, so changing them takes it."/>
            </Show>
            <Submit verb="Save profile" pending=doing.pending() wrong=wrong/>
        </form>
    }
}

#[component]
fn Password(session: Session) -> impl IntoPiece {
    let (current, new) = (Field::new(""), Field::new(""));
    let toaster = use_toaster();
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let proven = current.check(form::required(&current.text(), "your current password"));
        if !(new.check(form::required(&new.text(), "a new password")) && proven) {
            return;
        }
        let change = ChangePassword { current_password: current.text(), new_password: new.text() };
        doing.start(session.change_password(&change), move |outcome| match outcome {
            Ok(()) => {
                current.value.set(String::new());
                new.value.set(String::new());
                toaster.good("The password is changed; other sessions are signed out.");
            }
            Err(fault) => wrong.set(spread(&fault, &[("current_password", current), ("new_password", new)])),
        });
    };
    view! {
        <form on:submit=submit novalidate>
            <TextField name="current-password" label="Current password" field=current kind="password" autocomplete="current-password"/>
            <TextField name="new-password" label="New password" field=new kind="password" autocomplete="new-password"
                help="At least 8 characters that are hard to guess: four unrelated words do well. Your other sessions end."/>
            <Submit verb="Change password" pending=doing.pending() wrong=wrong/>
        </form>
    }
}

/// The zones this browser knows, with the account's own and UTC in any case.
fn zones(own: &str) -> Vec<(String, String)> {
    let mut names = known_zones().unwrap_or_default();
    for name in [own, "UTC"] {
        if !names.iter().any(|known| known == name) {
            names.insert(0, name.to_owned());
        }
    }
    names.into_iter().map(|name| (name.clone(), name)).collect()
}

fn known_zones() -> Option<Vec<String>> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let list: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
    let zones: Array = list.call1(&intl, &JsValue::from_str("timeZone")).ok()?.dyn_into().ok()?;
    Some(zones.iter().filter_map(|zone| zone.as_string()).collect())
}
