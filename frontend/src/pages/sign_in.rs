//! Signing in.

use watchkeeper_common::auth::Login;

use crate::api::{Account, Visitor};
use crate::components::action::Doing;
use crate::components::field::{Field, Submit, TextField, spread};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::form;
use crate::router::{A, Redirect, use_query};
use crate::routes::Place;

/// Where to go once signed in: a page of ours that was asked for, never an address elsewhere.
pub(crate) fn onward(next: Option<String>) -> String {
    let home = Place::Overview.href();
    next.filter(|next| next.starts_with(&format!("{home}/"))).unwrap_or(home)
}

#[component]
pub(crate) fn SignIn() -> impl IntoPiece {
    title(|| "Sign in".to_owned());
    let visitor: Visitor = expect_context();
    let query = use_query();
    let (name, password) = (Field::new(""), Field::new(""));
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let named = name.check(form::required(&name.text(), "your username or email"));
        let sound = password.check(form::required(&password.text(), "your password")) && named;
        if !sound {
            return;
        }
        let who = name.text().trim().to_owned();
        let (email, username) = if who.contains('@') { (Some(who), None) } else { (None, Some(who)) };
        let login = Login { email, username, password: password.text() };
        doing.start(Box::pin(async move { visitor.sign_in(&login).await }), move |outcome| {
            if let Err(fault) = outcome {
                wrong.set(spread(&fault, &[("password", password)]));
            }
        });
    };
    let signed_in = Memo::new(move |_| matches!(visitor.account().get(), Account::In(_)));
    let ended = query.get_untracked().get("ended").is_some();
    view! {
        <Show when=move || signed_in.get()>
            <Redirect path=onward(query.get_untracked().get("next"))/>
        </Show>
        <main class="gate">
            <p class="brand"><span aria-hidden="true" class="pulse"></span>"Watchkeeper"</p>
            <h1>"Sign in"</h1>
            {ended.then(|| view! { <p class="notice" role="status">"Your session has ended. Sign in, and you are back where you were."</p> })}
            <form on:submit=submit novalidate>
                <TextField name="username" label="Username or email" field=name autocomplete="username"/>
                <TextField name="password" label="Password" field=password kind="password" autocomplete="current-password"/>
                <Submit verb="Sign in" pending=doing.pending() wrong=wrong/>
            </form>
            <p class="muted">"New here? " <A href=Place::Register.href()>"Create an account"</A></p>
        </main>
    }
}
