//! The root: what every page shares.

use crate::api::{News, Visitor};
use crate::components::title::OpenCount;
use crate::components::{clock, theme, toast};
use crate::dom::prelude::*;
use crate::router;
use crate::routes::Pages;

#[component]
pub(crate) fn App() -> impl IntoPiece {
    let visitor = Visitor::new();
    provide_context(visitor);
    provide_context(News::new());
    provide_context(OpenCount(RwSignal::new(0)));
    provide_context(theme::Theme::stored());
    clock::provide();
    toast::provide();
    spawn_local(async move {
        if visitor.account().get_untracked() == crate::api::Account::Resuming {
            visitor.resume().await;
        }
    });
    router::provide();
    view! {
        <Pages/>
        <toast::Toasts/>
    }
}
