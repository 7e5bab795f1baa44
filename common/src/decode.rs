//! JSON into wire types, for the dashboard.
//!
//! The server reads bodies with serde, strictly and fast. The dashboard reads answers of its own server, and there what counts
//! is how much code a browser loads: serde's derive writes some 200 bytes of WebAssembly for every field of every type, this
//! a call. `wire!` and `words!` implement [`Decode`] beside serde's traits from the same declaration.
//!
//! Reading does not stop at a fault. It is noted with its place, something empty stands in, and [`read`] throws the whole away:
//! so there is no early return, with its clean-up, after each field.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::time::Timestamp;

/// Reads a JSON text; the error says where it is not of the form, and what was expected there.
pub fn read<T: Decode>(text: &str) -> Result<T, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let mut faults = Faults::default();
    let read = T::decode(&value, &mut faults);
    faults.first.map_or(Ok(read), Err)
}

/// What stands in JSON in one way.
pub trait Decode: Sized {
    fn decode(value: &Value, faults: &mut Faults) -> Self;

    /// What a field that is not there means.
    fn absent(faults: &mut Faults) -> Self {
        Self::decode(&Value::Null, faults)
    }
}

/// Where reading stands, and the first thing that was not as expected.
#[derive(Debug, Default)]
pub struct Faults {
    path: Vec<&'static str>,
    first: Option<String>,
}

impl Faults {
    pub fn expected(&mut self, what: &str) {
        if self.first.is_none() {
            self.first = Some(format!("{}: expected {what}", self.path.join(".")));
        }
    }
}

/// The field of an object.
pub fn field<T: Decode>(object: &Value, name: &'static str, faults: &mut Faults) -> T {
    faults.path.push(name);
    let field = match object.get(name) {
        Some(value) => T::decode(value, faults),
        None => T::absent(faults),
    };
    faults.path.pop();
    field
}

/// One word of a closed set; `first` stands in for another.
pub fn word<T>(value: &Value, word: Option<T>, first: T, faults: &mut Faults) -> T {
    word.unwrap_or_else(|| {
        faults.expected(if value.is_string() { "another word" } else { "a word" });
        first
    })
}

/// Implements [`Decode`] for types that one `Option`-valued look at a [`Value`] reads.
macro_rules! plain {
    ($($type:ty: $what:literal, |$value:ident| $look:expr;)*) => {$(
        impl Decode for $type {
            fn decode($value: &Value, faults: &mut Faults) -> Self {
                $look.unwrap_or_else(|| {
                    faults.expected($what);
                    Self::default()
                })
            }
        }
    )*};
}

plain! {
    String: "a text", |value| value.as_str().map(str::to_owned);
    bool: "true or false", |value| value.as_bool();
    f64: "a number", |value| value.as_f64();
    u8: "a small whole number", |value| value.as_u64().and_then(|number| number.try_into().ok());
    u16: "a small whole number", |value| value.as_u64().and_then(|number| number.try_into().ok());
    u32: "a whole number", |value| value.as_u64().and_then(|number| number.try_into().ok());
    u64: "a whole number", |value| value.as_u64();
    Timestamp: "an RFC 3339 instant", |value| value.as_str().and_then(|text| text.parse().ok());
}

/// An answer without a body.
impl Decode for () {
    fn decode(_: &Value, _: &mut Faults) {}
}

impl<T: Decode> Decode for Option<T> {
    fn decode(value: &Value, faults: &mut Faults) -> Self {
        (!value.is_null()).then(|| T::decode(value, faults))
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(value: &Value, faults: &mut Faults) -> Self {
        Self::new(T::decode(value, faults))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value, faults: &mut Faults) -> Self {
        let Value::Array(items) = value else {
            faults.expected("a list");
            return Self::new();
        };
        items.iter().map(|item| T::decode(item, faults)).collect()
    }

    fn absent(_: &mut Faults) -> Self {
        Self::new()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(value: &Value, faults: &mut Faults) -> Self {
        let Value::Object(entries) = value else {
            faults.expected("an object");
            return Self::new();
        };
        let mut map = Self::new();
        map.extend(entries.iter().map(|(name, value)| (name.clone(), T::decode(value, faults))));
        map
    }

    fn absent(_: &mut Faults) -> Self {
        Self::new()
    }
}

/// [`Decode`] of a wire type, field by field. `flatten` and `rename` of serde are understood; what serde refuses or defaults
/// in a request has no meaning in an answer.
macro_rules! decode {
    (struct $name:ident { $($fields:tt)* }) => {
        impl $crate::decode::Decode for $name {
            fn decode(value: &serde_json::Value, faults: &mut $crate::decode::Faults) -> Self {
                $crate::decode::decode!(@ $name value faults {} $($fields)*)
            }
        }
    };
    (@ $name:ident $value:ident $faults:ident { $($done:tt)* }) => { $name { $($done)* } };
    (@ $name:ident $value:ident $faults:ident { $($done:tt)* } #[serde(flatten)] pub $field:ident: $type:ty $(, $($rest:tt)*)?) => {
        $crate::decode::decode!(@ $name $value $faults
            { $($done)* $field: $crate::decode::Decode::decode($value, $faults), } $($($rest)*)?)
    };
    (@ $name:ident $value:ident $faults:ident { $($done:tt)* } #[serde(rename = $key:literal)] pub $field:ident: $type:ty $(, $($rest:tt)*)?) => {
        $crate::decode::decode!(@ $name $value $faults
            { $($done)* $field: $crate::decode::field($value, $key, $faults), } $($($rest)*)?)
    };
    (@ $name:ident $value:ident $faults:ident { $($done:tt)* } pub $field:ident: $type:ty $(, $($rest:tt)*)?) => {
        $crate::decode::decode!(@ $name $value $faults
            { $($done)* $field: $crate::decode::field($value, stringify!($field), $faults), } $($($rest)*)?)
    };
    (@ $name:ident $value:ident $faults:ident { $($done:tt)* } #[$meta:meta] $($rest:tt)*) => {
        $crate::decode::decode!(@ $name $value $faults { $($done)* } $($rest)*)
    };
}
pub(crate) use decode;
