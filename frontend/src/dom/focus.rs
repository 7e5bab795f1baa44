//! The keyboard's place survives a region that is drawn anew: what stands where the focused element stood gets the focus.

use wasm_bindgen::prelude::*;

use super::node::{self, Node};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = querySelector)]
    fn find(selector: &str) -> Option<Node>;
    #[wasm_bindgen(method, js_name = compareDocumentPosition)]
    fn compare(this: &Node, other: &Node) -> u16;
    #[wasm_bindgen(method, getter, js_name = tagName)]
    fn tag(this: &Node) -> String;
    #[wasm_bindgen(method)]
    fn focus(this: &Node, how: &JsValue);
}

/// Bits of what `compareDocumentPosition` says.
const PRECEDING: u16 = 2;
const FOLLOWING: u16 = 4;

/// Where the focus is: from a parent down, each time the place among its elements.
pub(super) struct Focus {
    parent: Node,
    path: Vec<u32>,
    tag: String,
}

impl Focus {
    /// When it is between two siblings.
    pub(super) fn within(start: &Node, end: &Node) -> Option<Self> {
        let focused = find(":focus")?;
        if start.compare(&focused) & FOLLOWING == 0 || end.compare(&focused) & PRECEDING == 0 {
            return None;
        }
        let parent = start.parent()?;
        let (tag, mut path, mut node) = (focused.tag(), Vec::new(), focused);
        while node != parent {
            path.push(std::iter::successors(node.element_before(), Node::element_before).fold(0, |place, _| place + 1));
            node = node.parent()?;
        }
        Some(Self { parent, path, tag })
    }

    pub(super) fn give_back(self) {
        let step = |node: Node, place: &u32| node.children().item(*place);
        let there = self.path.iter().rev().try_fold(self.parent, step);
        if let Some(node) = there.filter(|node| node.tag() == self.tag) {
            let how = js_sys::Object::new();
            node::set_property(&how, "preventScroll", &JsValue::TRUE);
            node.focus(&how);
        }
    }
}
