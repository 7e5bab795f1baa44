//! `view!`: walks what was written in the document's order, and leaves a string of HTML and the steps that fill its holes.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use rstml::Parser;
use rstml::node::{KeyedAttribute, KeyedAttributeValue, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, Result, Stmt};

use crate::html;

type Element = NodeElement<rstml::Infallible>;

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let nodes = Parser::default().parse_simple(input)?;
    piece(&nodes)
}

/// Some nodes as one piece.
fn piece(nodes: &[Node]) -> Result<TokenStream> {
    match nodes {
        [Node::Block(block)] => Ok(into_piece(&expression(block))),
        [Node::Element(element)] if is_component(element) => component(element),
        [Node::Text(text)] => {
            let text = text.value_string();
            Ok(quote!(crate::dom::Piece::from(#text)))
        }
        nodes => {
            let mut view = View::new();
            view.nodes(nodes)?;
            Ok(view.finish())
        }
    }
}

struct View {
    html: String,
    /// The elements that are open.
    open: Vec<String>,
    steps: Vec<TokenStream>,
    /// What the steps fill in; hygienic, so that no block can name it.
    markup: Ident,
}

impl View {
    fn new() -> Self {
        let markup = Ident::new("markup", Span::mixed_site());
        Self { html: String::new(), open: Vec::new(), steps: Vec::new(), markup }
    }

    fn finish(self) -> TokenStream {
        let Self { html, steps, markup, .. } = self;
        if steps.is_empty() {
            return quote!(crate::dom::Markup::new(#html).finish());
        }
        quote!({
            let mut #markup = crate::dom::Markup::new(#html);
            #(#steps;)*
            #markup.finish()
        })
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<()> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Text(text) => self.html.push_str(&html::escape_text(&text.value_string())),
            Node::Block(block) => self.hole(&into_piece(&expression(block)), block)?,
            Node::Element(element) if is_component(element) => self.hole(&component(element)?, element.name())?,
            Node::Element(element) => self.element(element)?,
            other => return Err(Error::new(other.span(), "not a text, a block or an element")),
        }
        Ok(())
    }

    fn hole(&mut self, piece: &TokenStream, at: &impl Spanned) -> Result<()> {
        if self.open.last().is_some_and(|tag| html::is_raw(tag)) {
            return Err(Error::new(at.span(), "nothing can be filled in here: the browser takes it for text"));
        }
        self.html.push_str(html::HOLE);
        let markup = &self.markup;
        self.steps.push(quote!(#markup.piece(#piece)));
        Ok(())
    }

    fn element(&mut self, element: &Element) -> Result<()> {
        let tag = element.name().to_string();
        if html::is_misplaced(&tag, &self.open) {
            return Err(Error::new(element.name().span(), "the browser would not leave this element where it stands"));
        }
        self.html.push_str(&format!("<{tag}"));
        let mut steps = Vec::new();
        for attribute in element.attributes() {
            steps.extend(self.attribute(attribute, &tag)?);
        }
        if !steps.is_empty() {
            self.html.push_str(html::MARK);
            let markup = &self.markup;
            self.steps.push(quote!(#markup.element()));
            self.steps.extend(steps);
        }
        self.html.push('>');
        if html::is_void(&tag) {
            return Ok(());
        }
        self.open.push(tag.clone());
        self.nodes(&element.children)?;
        self.open.pop();
        self.html.push_str(&format!("</{tag}>"));
        Ok(())
    }

    /// Writes a static attribute; any other is a step.
    fn attribute(&mut self, attribute: &NodeAttribute, tag: &str) -> Result<Option<TokenStream>> {
        let attribute = keyed(attribute)?;
        let key = attribute.key.to_string();
        if !key.contains(':') && key != "inner_html" && key != "node_ref" {
            let literal = attribute.value_literal_string();
            let bare = matches!(attribute.possible_value, KeyedAttributeValue::None).then(String::new);
            if let Some(text) = literal.or(bare) {
                self.html.push_str(&html::attribute(&key, &text));
                return Ok(None);
            }
        }
        let value = value(attribute)?;
        let markup = &self.markup;
        let live = quote!(crate::dom::IntoValue::into_value(#value));
        let step = match key.split_once(':') {
            Some(("on", event)) => on(markup, event, value, tag),
            Some(("prop", name)) => quote!(#markup.property(#name, #live)),
            Some(("class", name)) => quote!(#markup.class(#name, #live)),
            Some(("style", name)) => quote!(#markup.style(#name, #live)),
            Some(("bind", "value")) => quote!(#markup.bind_value(#value)),
            Some(("bind", "checked")) => quote!(#markup.bind_checked(#value)),
            Some(_) => return Err(Error::new(attribute.key.span(), "no such kind of attribute")),
            None if key == "inner_html" => quote!(#markup.property("innerHTML", #live)),
            None if key == "node_ref" => quote!(#markup.keep(#value)),
            None => quote!(#markup.attribute(#key, #live)),
        };
        Ok(Some(step))
    }
}

/// A listener, which is given the event as what it is; with `:target`, the element.
fn on(markup: &Ident, event: &str, handler: &Expr, tag: &str) -> TokenStream {
    if let Some(event) = event.strip_suffix(":target") {
        let element = format_ident!("{}", if tag == "select" { "HtmlSelectElement" } else { "HtmlInputElement" });
        return quote!(#markup.on(#event, crate::dom::targeted::<::web_sys::#element>(#handler)));
    }
    let kind = match event {
        "click" | "dblclick" | "mousedown" => "MouseEvent",
        "keydown" => "KeyboardEvent",
        "submit" => "SubmitEvent",
        pointer if pointer.starts_with("pointer") => "PointerEvent",
        _ => "Event",
    };
    let kind = format_ident!("{kind}");
    quote!(#markup.on(#event, crate::dom::handler::<::web_sys::#kind>(#handler)))
}

/// A component's call: its properties through its builder, its children as a closure.
fn component(element: &Element) -> Result<TokenStream> {
    let NodeName::Path(name) = element.name() else {
        return Err(Error::new(element.name().span(), "not a component's name"));
    };
    if element.attributes().is_empty() && element.children.is_empty() {
        return Ok(quote!(#name()));
    }
    let mut set = Vec::new();
    for attribute in element.attributes() {
        let attribute = keyed(attribute)?;
        let NodeName::Path(key) = &attribute.key else {
            return Err(Error::new(attribute.key.span(), "not a property's name"));
        };
        let value = value(attribute)?;
        set.push(quote!(.#key(#value)));
    }
    if !element.children.is_empty() {
        let children = piece(&element.children)?;
        set.push(quote!(.children(crate::dom::ToChildren::to_children(move || #children))));
    }
    Ok(quote!(#name(crate::dom::props_of(#name) #(#set)* .build())))
}

fn is_component(element: &Element) -> bool {
    match element.name() {
        NodeName::Path(name) => {
            name.path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
        }
        NodeName::Punctuated(_) | NodeName::Block(_) => false,
    }
}

fn keyed(attribute: &NodeAttribute) -> Result<&KeyedAttribute> {
    match attribute {
        NodeAttribute::Attribute(attribute) => Ok(attribute),
        NodeAttribute::Block(block) => Err(Error::new(block.span(), "an attribute has a name")),
    }
}

fn value(attribute: &KeyedAttribute) -> Result<&Expr> {
    attribute.value().ok_or_else(|| Error::new(attribute.key.span(), "needs a value"))
}

fn into_piece(expression: &TokenStream) -> TokenStream {
    quote!(crate::dom::IntoPiece::into_piece(#expression))
}

/// A block's only expression without its braces, which rustc would call unused.
fn expression(block: &NodeBlock) -> TokenStream {
    match block.try_block().map(|block| block.stmts.as_slice()) {
        Some([Stmt::Expr(expression, None)]) => quote!(#expression),
        _ => quote!(#block),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: &str) -> String {
        let tokens = input.parse().map_err(|_| "not tokens").and_then(|input| expand(input).map_err(|_| "refused"));
        tokens.map_or_else(str::to_owned, |tokens| tokens.to_string().replace(' ', ""))
    }

    #[test]
    fn static_markup_is_one_string() {
        let made = expanded(r#"<p class="a b" hidden>"1 < 2" <br/></p>"#);
        assert_eq!(made, r#"crate::dom::Markup::new("<pclass=\"ab\"hidden>1&lt;2<br></p>").finish()"#);
    }

    #[test]
    fn holes_are_filled_in_the_documents_order() {
        let made = expanded("<p title=t>{a}<b on:click=f>{c}</b></p>");
        let order = [r#"attribute("title""#, "into_piece(a)", r#"on("click""#, "into_piece(c)"];
        let places: Vec<_> = order.iter().map(|step| made.find(step)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{made}");
        assert!(made.contains("<ph><templateh></template><bh><templateh></template></b></p>"), "{made}");
    }

    #[test]
    fn a_component_is_a_call_with_its_children_as_a_closure() {
        let made = expanded(r#"<List of=rows><p>"none"</p></List>"#);
        assert!(made.starts_with("List(crate::dom::props_of(List).of(rows).children("), "{made}");
        assert_eq!(expanded("<Tabs/>"), "Tabs()");
    }

    #[test]
    fn what_the_browser_would_read_otherwise_is_refused() {
        for wrong in ["<p><ul></ul></p>", "<textarea>{text}</textarea>", "<p {..}></p>", "<p use:x=y></p>"] {
            assert_eq!(expanded(wrong), "refused", "{wrong}");
        }
    }
}
