//! `#[component]`: a function of named arguments becomes one of a struct, which a builder fills.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Error, Expr, FnArg, ItemFn, Pat, Result, Token, Type};

/// What `#[prop(…)]` says of an argument.
#[derive(Default)]
struct Options {
    into: bool,
    /// The default's expression, or nothing for the type's own.
    default: Option<Option<Expr>>,
}

impl Options {
    fn of(attribute: &Attribute) -> Result<Self> {
        let mut options = Self::default();
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("into") {
                options.into = true;
            } else if meta.path.is_ident("optional") {
                options.default = Some(None);
            } else if meta.path.is_ident("default") {
                meta.input.parse::<Token![=]>()?;
                options.default = Some(Some(meta.input.parse()?));
            } else {
                return Err(meta.error("one of `into`, `optional`, `default = …`"));
            }
            Ok(())
        })?;
        Ok(options)
    }

    /// As the builder is told.
    fn builder(&self, ty: &Type) -> Option<TokenStream> {
        // More converts than by `Into` alone: closures into signals and callbacks.
        let into = self.into.then(|| {
            quote! {
                setter(fn transform<Via>(value: impl ::leptos::reactive::prelude::IntoReactiveValue<#ty, Via>) -> #ty {
                    value.into_reactive_value()
                })
            }
        });
        let default = self.default.as_ref().map(|value| match value {
            Some(value) => quote!(default = #value),
            None => quote!(default),
        });
        let options: Vec<_> = default.into_iter().chain(into).collect();
        (!options.is_empty()).then(|| quote!(#[builder(#(#options),*)]))
    }
}

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let ItemFn { attrs, vis, sig, block, .. } = syn::parse2(item)?;
    if !sig.generics.params.is_empty() {
        return Err(Error::new_spanned(sig.generics, "a component is compiled once, so it is of no types"));
    }
    let name = &sig.ident;
    let body = quote!(::leptos::reactive::graph::untrack(move || crate::dom::IntoPiece::into_piece(#block)));
    let lints = quote!(#[expect(non_snake_case, reason = "a component is named as the element it is used as")]);
    if sig.inputs.is_empty() {
        return Ok(quote!(#(#attrs)* #lints #vis fn #name() -> crate::dom::Piece { #body }));
    }
    let (mut names, mut fields) = (Vec::new(), Vec::new());
    for argument in sig.inputs {
        let FnArg::Typed(argument) = argument else {
            return Err(Error::new_spanned(argument, "a component is a plain function"));
        };
        let Pat::Ident(field) = *argument.pat else {
            return Err(Error::new_spanned(argument.pat, "a property has a name"));
        };
        let (options, rest): (Vec<_>, Vec<_>) =
            argument.attrs.into_iter().partition(|attribute| attribute.path().is_ident("prop"));
        let builder = options.first().map(Options::of).transpose()?.unwrap_or_default().builder(&argument.ty);
        let (field, ty) = (field.ident, argument.ty);
        fields.push(quote!(#(#rest)* #builder #field: #ty));
        names.push(field);
    }
    let props = format_ident!("{name}Props");
    let builder = format_ident!("{name}PropsBuilder");
    Ok(quote! {
        #[derive(::typed_builder::TypedBuilder)]
        #vis struct #props { #(#fields),* }

        impl crate::dom::Props for #props {
            type Builder = #builder;

            fn builder() -> Self::Builder {
                Self::builder()
            }
        }

        #(#attrs)*
        #lints
        #vis fn #name(props: #props) -> crate::dom::Piece {
            let #props { #(#names),* } = props;
            #body
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: &str) -> String {
        let tokens = input.parse().map_err(|_| "not tokens").and_then(|input| expand(input).map_err(|_| "refused"));
        tokens.map_or_else(str::to_owned, |tokens| tokens.to_string().replace(' ', ""))
    }

    #[test]
    fn arguments_become_fields_that_a_builder_fills() {
        let made =
            expanded("fn Row(name: String, #[prop(optional)] note: &'static str, #[prop(default = 3)] most: u8) {}");
        assert!(
            made.contains(
                "structRowProps{name:String,#[builder(default)]note:&'staticstr,#[builder(default=3)]most:u8}"
            ),
            "{made}"
        );
        assert!(made.contains("fnRow(props:RowProps)->crate::dom::Piece"), "{made}");
    }

    #[test]
    fn without_arguments_it_is_called_as_it_is() {
        assert!(expanded("fn Tabs() {}").contains("fnTabs()->crate::dom::Piece"));
    }

    #[test]
    fn what_would_be_compiled_many_times_is_refused() {
        for wrong in ["fn Row<T>(one: T) {}", "fn Row((a, b): (u8, u8)) {}", "fn Row(#[prop(strip)] a: u8) {}"] {
            assert_eq!(expanded(wrong), "refused", "{wrong}");
        }
    }
}
