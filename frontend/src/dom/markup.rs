//! What `view!` makes: HTML the browser parses, and the steps that fill its holes.

use leptos::reactive::signal::RwSignal;
use leptos::reactive::traits::{Get, Set};
use wasm_bindgen::JsValue;

use super::event::{self, Handler, NodeRef};
use super::node::{self, Node};
use super::value::{Value, derived};
use super::window::{event_target_checked, event_target_value};
use super::{Piece, follow};

/// Markup while it is filled in.
///
/// What is to be filled in carries the attribute `h`: a template where a piece belongs, an element that gets attributes. The
/// steps come in the document's order, so each goes to the next one.
pub(crate) struct Markup {
    content: Node,
    holes: Node,
    next: u32,
    /// What attributes go to.
    element: Option<Node>,
}

impl Markup {
    pub(crate) fn new(html: &'static str) -> Self {
        let template = node::element("template");
        template.set_html(html);
        let content = template.content();
        Self { holes: content.all("[h]"), content, next: 0, element: None }
    }

    pub(crate) fn finish(self) -> Piece {
        Piece::Node(self.content)
    }

    /// Puts `piece` where the next hole is.
    pub(crate) fn piece(&mut self, piece: Piece) {
        let hole = self.advance();
        match (hole, piece.into_node()) {
            (Some(hole), Some(node)) => hole.replace(&node),
            (Some(hole), None) => hole.remove(),
            (None, _) => {}
        }
    }

    /// Goes on to the next element that is filled in.
    pub(crate) fn element(&mut self) {
        self.element = self.advance();
        if let Some(element) = &self.element {
            element.remove_attribute("h");
        }
    }

    fn advance(&mut self) -> Option<Node> {
        let hole = self.holes.item(self.next);
        self.next += 1;
        hole
    }

    pub(crate) fn attribute(&self, name: &'static str, value: Value) {
        self.put(value, name, |element, name, value| match value {
            Value::Text(text) => element.set_attribute(name, text),
            Value::Bare => element.set_attribute(name, ""),
            Value::Absent | Value::Live(_) => element.remove_attribute(name),
        });
    }

    pub(crate) fn property(&self, name: &'static str, value: Value) {
        self.put(value, name, |element, name, value| {
            let value = match value {
                Value::Text(text) => JsValue::from_str(text),
                value => JsValue::from_bool(is_on(value)),
            };
            node::set_property(element.as_ref(), name, &value);
        });
    }

    pub(crate) fn class(&self, name: &'static str, value: Value) {
        self.put(value, name, |element, name, value| {
            element.classes().toggle(name, is_on(value));
        });
    }

    pub(crate) fn style(&self, name: &'static str, value: Value) {
        self.put(value, name, |element, name, value| {
            let text = if let Value::Text(text) = value { text } else { "" };
            element.style().set_style(name, text);
        });
    }

    /// Applies a value: once, or each time it is another.
    fn put(&self, value: Value, name: &'static str, apply: fn(&Node, &str, &Value)) {
        let Some(element) = self.element.clone() else { return };
        match value {
            Value::Live(value) => follow(Box::new(move || apply(&element, name, &value().settled()))),
            value => apply(&element, name, &value),
        }
    }

    pub(crate) fn on(&self, event: &'static str, handler: Handler) {
        if let Some(element) = &self.element {
            event::listen(element.clone(), event, handler);
        }
    }

    pub(crate) fn bind_value(&self, text: RwSignal<String>) {
        self.property("value", derived(move || text.get()));
        self.on("input", Box::new(move |event| text.set(event_target_value(&event))));
    }

    pub(crate) fn bind_checked(&self, on: RwSignal<bool>) {
        self.property("checked", derived(move || on.get()));
        self.on("change", Box::new(move |event| on.set(event_target_checked(&event))));
    }

    pub(crate) fn keep(&self, place: NodeRef) {
        if let Some(element) = &self.element {
            place.fill(element.clone());
        }
    }
}

fn is_on(value: &Value) -> bool {
    matches!(value, Value::Bare)
}
