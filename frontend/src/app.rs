//! The root: what every page shares.

use leptos::prelude::*;
use leptos_router::components::Router;

use crate::api::{News, Visitor};
use crate::components::title::OpenCount;
use crate::components::{clock, theme, toast};
use crate::routes::Pages;

#[component]
pub(crate) fn App() -> impl IntoView {
    let visitor = Visitor::new();
    provide_context(visitor);
    provide_context(News::new());
    provide_context(OpenCount(RwSignal::new(0)));
    provide_context(theme::Theme::stored());
    clock::provide();
    toast::provide();
    leptos::task::spawn_local(async move {
        if visitor.account().get_untracked() == crate::api::Account::Resuming {
            visitor.resume().await;
        }
    });
    view! {
        <Router>
            <Pages/>
        </Router>
        <toast::Toasts/>
    }
}
