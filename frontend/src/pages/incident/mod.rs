//! One incident: what broke, why, what to do first, and the evidence.

mod actions;
mod call;
mod evidence;
mod header;
mod more;
mod report;
mod similar;
mod talk;

pub(crate) use evidence::{FactCharts, point};

use wasm_bindgen::JsCast;
use watchkeeper_common::incident::IncidentDetail;
use watchkeeper_common::problem::ErrorCode;

use crate::api::{Fault, Session};
use crate::components::latest::Shown;
use crate::components::live::{live, nouns};
use crate::components::remote::{Empty, Refused};
use crate::components::remote::{Skeleton, remote};
use crate::components::title::title;
use crate::dom::prelude::*;
use crate::router::{A, use_id, use_query};
use crate::routes::Place;

/// The fact under the pointer or the finger, by id.
pub(crate) type Lit = RwSignal<Option<String>>;

pub(crate) fn incident(session: Session) -> Piece {
    let id = use_id();
    let detail = live(nouns![Incident], move || id.get(), move |id| session.incident(&id));
    title(move || {
        detail.data.with(|data| data.map_or_else(|| "Incident".to_owned(), |data| data.incident.title.clone()))
    });
    let lit: Lit = RwSignal::new(None);
    let query = use_query();
    let pointed = move || (query.with(|query| query.get("fact")), query.with(|query| query.get("metric")));
    let missing = Memo::new(move |_| {
        !detail.data.is_there()
            && detail.fault.with(|fault| fault.as_ref().and_then(Fault::code) == Some(ErrorCode::NotFound))
    });
    let page = remote(detail, Skeleton::Text, move |data: Shown<IncidentDetail>| {
        let changed = Callback::new(move |now| detail.put(now));
        point(Signal::derive(move || data.get().evidence), Signal::derive(pointed), lit);
        view! {
            <header::Header data=data session=session changed=changed/>
            <header::Cause data=data lit=lit/>
            <header::First data=data/>
            <evidence::Evidence data=data lit=lit/>
            <more::Hypotheses data=data lit=lit/>
            {similar::similar(data, session)}
            <more::Timeline data=data session=session changed=changed/>
            {talk::form(data, session, changed)}
            <more::Messages data=data session=session/>
            {call::call(data, session)}
        }
    });
    view! {
        <p class="crumb"><A href=Place::Incidents.href()>"← Incidents"</A></p>
        <Show when=move || missing.get()>
            <Empty heading="No such incident"><p>"It may have been removed, or the address is mistyped."</p></Empty>
        </Show>
        <div class="stack" hidden=derived(move || missing.get())>{page}</div>
        {dynamic(move || stale(detail.data.is_there(), detail.fault.get(), move || detail.again()))}
    }
}

/// What is shown is older than it should be.
fn stale(shown: bool, fault: Option<Fault>, retry: impl Fn() + Send + Sync + 'static) -> Option<impl IntoPiece> {
    let fault = fault.filter(|fault| shown && *fault != Fault::Unreachable)?;
    Some(view! { <Refused fault=fault retry=move |()| retry()/> })
}

/// Text in which the ids of facts are chips that light their chart.
pub(super) fn cited(text: &str, known: &[String], lit: Lit) -> impl IntoPiece + use<> {
    let mut parts: Vec<Piece> = Vec::new();
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if known.iter().any(|id| id == bare) {
            parts.push(std::mem::take(&mut plain).into_piece());
            parts.push(chip(bare.to_owned(), lit).into_piece());
            plain.push_str(word.get(bare.len()..).unwrap_or_default());
        } else {
            plain.push_str(word);
        }
    }
    parts.push(plain.into_piece());
    parts
}

/// Brings the element with this id into view.
pub(super) fn show(anchor: &str) {
    if let Some(element) = document().get_element_by_id(anchor) {
        element.scroll_into_view();
    }
}

/// Brings it into view and gives it the keyboard's place: what a link leads to.
pub(super) fn reach(anchor: &str) {
    show(anchor);
    let element = document().get_element_by_id(anchor);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that left the page meanwhile takes no focus.
        element.focus().unwrap_or_default();
    }
}

/// One fact's id; pointing at it lights its chart, pressing it goes there.
pub(super) fn chip(id: String, lit: Lit) -> impl IntoPiece + use<> {
    let (over, focused, anchor, name) = (id.clone(), id.clone(), format!("fact-{id}"), format!("Fact {id}"));
    let show = move |_| show(&anchor);
    view! {
        <button type="button" class="chip" aria-label=name
            on:pointerenter=move |_| lit.set(Some(over.clone())) on:pointerleave=move |_| lit.set(None)
            on:focus=move |_| lit.set(Some(focused.clone())) on:blur=move |_| lit.set(None) on:click=show>
            {id}
        </button>
    }
}
