//! The dashboard's `view!` and `#[component]`.
//!
//! A view becomes one string of HTML, which the browser parses, and one call for each hole in it: a block, a component, or an
//! element with attributes that Rust computes. Three static elements cost about 40 bytes of text, where Leptos' statically
//! typed builders make some 430 bytes of WebAssembly of them.
//!
//! What is written is what Leptos' own macros take, as far as the dashboard uses it; anything else does not compile.

mod component;
mod html;
mod view;

use proc_macro::TokenStream;

/// Markup as a piece of the page.
///
/// | form | is |
/// |---|---|
/// | `<p class="lead">"Text"</p>` | static markup |
/// | `{block}` | whatever is a piece: text, numbers, an option, a list, a closure |
/// | `title=value`, `hidden=flag` | an attribute; a closure's or a signal's is kept up to date |
/// | `prop:value=…`, `class:bad=…`, `style:left=…`, `inner_html=…` | a property, one class, one style, the markup inside |
/// | `bind:value=signal`, `bind:checked=signal` | a property both ways |
/// | `on:click=handler`, `on:input:target=handler` | a listener; the latter is told the element |
/// | `node_ref=place` | puts the element into `place` |
/// | `<Name a=b>…</Name>` | a component, its properties and its children |
#[proc_macro]
pub fn view(input: TokenStream) -> TokenStream {
    view::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A function of named arguments, used as an element of `view!`.
///
/// `#[prop(into)]` converts an argument, `#[prop(optional)]` and `#[prop(default = …)]` make it one that can be left out.
#[proc_macro_attribute]
pub fn component(_options: TokenStream, item: TokenStream) -> TokenStream {
    component::expand(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
