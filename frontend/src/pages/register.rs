//! Making an account.

use watchkeeper_common::auth::Register as Form;

use crate::api::{Account, Visitor};
use crate::components::action::Doing;
use crate::components::field::{Field, Submit, TextField, spread};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::model::form;
use crate::router::{A, Redirect};
use crate::routes::Place;

#[component]
pub(crate) fn Register() -> impl IntoPiece {
    title(|| "Create an account".to_owned());
    let visitor: Visitor = expect_context();
    let (username, email, password) = (Field::new(""), Field::new(""), Field::new(""));
    let wrong = RwSignal::new(None);
    let doing = Doing::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let checks = [
            username.check(form::required(&username.text(), "a name you like to be called by")),
            email.check(form::email(email.text().trim())),
            password.check(form::new_password(&password.text())),
        ];
        if checks.contains(&false) {
            return;
        }
        let body = Form {
            username: username.text().trim().to_owned(),
            email: email.text().trim().to_owned(),
            password: password.text(),
        };
        doing.start(Box::pin(async move { visitor.register(&body).await }), move |outcome| {
            if let Err(fault) = outcome {
                wrong.set(spread(&fault, &[("username", username), ("email", email), ("password", password)]));
            }
        });
    };
    let signed_in = Memo::new(move |_| matches!(visitor.account().get(), Account::In(_)));
    view! {
        <Show when=move || signed_in.get()><Redirect path=Place::Overview.href()/></Show>
        <main class="gate">
            <p class="brand"><span aria-hidden="true" class="pulse"></span>"Watchkeeper"</p>
            <h1>"Create an account"</h1>
            <p class="muted">"Everything you add is yours alone; others on this server see none of it."</p>
            <form on:submit=submit novalidate>
                <TextField name="username" label="Username" field=username autocomplete="username"/>
                <TextField name="email" label="Email" field=email kind="email" autocomplete="email"/>
                <TextField name="password" label="Password" field=password kind="password" autocomplete="new-password"
                    help="At least 8 characters; three unrelated words do well."/>
                <Submit verb="Create account" pending=doing.pending() wrong=wrong/>
            </form>
            <p class="muted">"Have one already? " <A href=Place::SignIn.href()>"Sign in"</A></p>
        </main>
    }
}
