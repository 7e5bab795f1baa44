//! What an attribute, a property, a class or a style can be.

use std::borrow::Cow;

use super::memo::Memo;
use leptos::reactive::signal::RwSignal;
use leptos::reactive::traits::Get;
use leptos::reactive::wrappers::read::Signal;

/// The one type of them all.
pub(crate) enum Value {
    /// Not there; of a property, class or style: off.
    Absent,
    /// There without a value; of a property or class: on.
    Bare,
    Text(Cow<'static, str>),
    /// Asked anew whenever something it reads changed.
    Live(Box<dyn Fn() -> Value>),
}

impl Value {
    /// What it is at this moment.
    pub(super) fn settled(self) -> Self {
        match self {
            Self::Live(value) => value().settled(),
            value => value,
        }
    }
}

/// The value that follows what it reads.
pub(crate) fn derived<T: IntoValue>(value: impl Fn() -> T + 'static) -> Value {
    Value::Live(Box::new(move || value().into_value()))
}

/// What can be a value.
pub(crate) trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        if self { Value::Bare } else { Value::Absent }
    }
}

impl IntoValue for &'static str {
    fn into_value(self) -> Value {
        Value::Text(Cow::Borrowed(self))
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(Cow::Owned(self))
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl IntoValue for $number {
            fn into_value(self) -> Value {
                self.to_string().into_value()
            }
        }
    )*};
}
numbers!(i32, u32, f64);

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Absent, T::into_value)
    }
}

impl<F: Fn() -> T + 'static, T: IntoValue> IntoValue for F {
    fn into_value(self) -> Value {
        derived(self)
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: IntoValue + Clone + Send + Sync + 'static> IntoValue for $signal<T> {
            fn into_value(self) -> Value {
                derived(move || self.get())
            }
        }
    )*};
}
signals!(Signal, Memo, RwSignal);
