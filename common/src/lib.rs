//! Wire types shared by the server and the dashboard (and whatever machine speaks to the API).
//!
//! serde and timestamps only, so that it compiles to WebAssembly. Everything here is what the OpenAPI document shows:
//! field names are the API, and what a caller writes may hold no other: a misspelt field is refused, not ignored. A noun has one file. Times are RFC 3339 UTC; enums are snake_case words.

pub mod alert;
pub mod analysis;
pub mod auth;
pub mod decode;
pub mod demo;
pub mod event;
pub mod incident;
pub mod metric;
pub mod page;
pub mod problem;
pub mod settings;
pub mod system;
pub mod target;
pub mod time;

/// Derives of every wire type, with its schema where the server asks for it, and how the dashboard reads it.
macro_rules! wire {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {$(
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$meta])*
        pub $kind $name $body
        $crate::decode::decode!($kind $name $body);
    )*};
}
/// A closed set of snake_case words. A word is matched as a token: a `literal` fragment would hide it from the schema's derive.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:tt),* $(,)? })*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $(#[$meta])*
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),* }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl $crate::decode::Decode for $name {
            fn decode(value: &serde_json::Value, faults: &mut $crate::decode::Faults) -> Self {
                let [first, ..] = [$(Self::$variant),*];
                $crate::decode::word(value, value.as_str().and_then(|word| word.parse().ok()), first, faults)
            }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(()) }
            }
        }
    )*};
}
pub(crate) use {wire, words};
