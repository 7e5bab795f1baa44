//! The few calls to the browser that drawing takes. None of them is asked whether it failed: names come from markup that was
//! compiled, and nodes from here.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Any node of the document.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) type Node;

    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    pub(super) fn element(tag: &str) -> Node;
    #[wasm_bindgen(js_namespace = document, js_name = createTextNode)]
    pub(super) fn text(text: &str) -> Node;
    #[wasm_bindgen(js_namespace = document, js_name = createComment)]
    pub(super) fn comment(text: &str) -> Node;
    #[wasm_bindgen(js_namespace = document, js_name = createDocumentFragment)]
    pub(super) fn fragment() -> Node;
    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    pub(super) fn set_property(object: &JsValue, name: &str, value: &JsValue) -> bool;

    #[wasm_bindgen(method, setter, js_name = innerHTML)]
    pub(super) fn set_html(this: &Node, html: &str);
    #[wasm_bindgen(method, setter, js_name = data)]
    pub(super) fn set_text(this: &Node, text: &str);
    /// Of a template: what was parsed into it.
    #[wasm_bindgen(method, getter)]
    pub(super) fn content(this: &Node) -> Node;
    #[wasm_bindgen(method, js_name = querySelectorAll)]
    pub(super) fn all(this: &Node, selector: &str) -> Node;
    /// Of a list of nodes.
    #[wasm_bindgen(method)]
    pub(super) fn item(this: &Node, index: u32) -> Option<Node>;

    #[wasm_bindgen(method, getter, js_name = nodeType)]
    fn kind(this: &Node) -> u16;
    #[wasm_bindgen(method, getter, js_name = firstChild)]
    pub(super) fn first(this: &Node) -> Option<Node>;
    #[wasm_bindgen(method, getter, js_name = nextSibling)]
    pub(super) fn next(this: &Node) -> Option<Node>;
    #[wasm_bindgen(method, getter, js_name = previousElementSibling)]
    pub(super) fn element_before(this: &Node) -> Option<Node>;
    #[wasm_bindgen(method, getter, js_name = parentNode)]
    pub(super) fn parent(this: &Node) -> Option<Node>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn children(this: &Node) -> Node;
    #[wasm_bindgen(method)]
    pub(super) fn append(this: &Node, child: &Node);
    #[wasm_bindgen(method)]
    pub(super) fn before(this: &Node, node: &Node);
    #[wasm_bindgen(method, js_name = replaceWith)]
    pub(super) fn replace(this: &Node, node: &Node);
    #[wasm_bindgen(method)]
    pub(super) fn remove(this: &Node);

    #[wasm_bindgen(method, js_name = setAttribute)]
    pub(super) fn set_attribute(this: &Node, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = removeAttribute)]
    pub(super) fn remove_attribute(this: &Node, name: &str);
    #[wasm_bindgen(method, getter, js_name = classList)]
    pub(super) fn classes(this: &Node) -> Node;
    /// Of a list of classes.
    #[wasm_bindgen(method)]
    pub(super) fn toggle(this: &Node, class: &str, on: bool) -> bool;
    #[wasm_bindgen(method, getter)]
    pub(super) fn style(this: &Node) -> Node;
    /// Of a style; an empty value takes the property away.
    #[wasm_bindgen(method, js_name = setProperty)]
    pub(super) fn set_style(this: &Node, name: &str, value: &str);

    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(super) fn listen(this: &Node, event: &str, listener: &JsValue);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(super) fn forget(this: &Node, event: &str, listener: &JsValue);
}

/// Of `nodeType`.
const ELEMENT: u16 = 1;

impl Node {
    pub(super) fn is_element(&self) -> bool {
        self.kind() == ELEMENT
    }
}
