//! Typed filters, order and opaque cursors: all that a caller can ask of either engine.

/// A scalar to compare with. Numbers compare by value, text bytewise, as MongoDB's simple collation does.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

macro_rules! values {
    ($($from:ty => $variant:ident($convert:expr);)*) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant($convert(value))
            }
        }
    )*};
}
values! {
    bool => Bool(|v| v);
    i64 => Int(|v| v);
    u32 => Int(i64::from);
    i32 => Int(i64::from);
    f64 => Float(|v| v);
    &str => Text(str::to_owned);
    String => Text(|v| v);
}

/// A condition on one document. Fields are dotted paths; `id` is the document's key.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Matches everything in the space.
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    /// Equal; `Null` also matches a missing field. On an array field: some element is equal.
    Eq(&'static str, Value),
    Ne(&'static str, Value),
    /// Empty list matches nothing.
    In(&'static str, Vec<Value>),
    /// Half-open `[from, to)`; either end may be absent. Missing and null fields never match.
    Range {
        field: &'static str,
        from: Option<Value>,
        to: Option<Value>,
    },
    /// Present and not null.
    Exists(&'static str, bool),
    /// The array field holds every one of the terms.
    Terms(&'static str, Vec<String>),
}

impl Filter {
    #[must_use]
    pub fn eq(field: &'static str, value: impl Into<Value>) -> Self {
        Self::Eq(field, value.into())
    }
    #[must_use]
    pub fn range(field: &'static str, from: Option<i64>, to: Option<i64>) -> Self {
        Self::Range { field, from: from.map(Value::Int), to: to.map(Value::Int) }
    }
    #[must_use]
    pub fn below(field: &'static str, to: i64) -> Self {
        Self::range(field, None, Some(to))
    }
    /// Both; flattens, and drops `All`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, f) | (f, Self::All) => f,
            (Self::And(mut a), f) => {
                a.push(f);
                Self::And(a)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// Order by one scalar field, then by id in the same direction, so that every order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub field: &'static str,
    pub direction: Direction,
}

impl Order {
    #[must_use]
    pub const fn newest(field: &'static str) -> Self {
        Self { field, direction: Direction::Descending }
    }
    #[must_use]
    pub const fn oldest(field: &'static str) -> Self {
        Self { field, direction: Direction::Ascending }
    }
}

/// Opaque to callers: base64url of the last row's order value and id. Stays right while documents are inserted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub String);

#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub filter: Filter,
    pub order: Order,
    /// 1–1000; the engine clamps.
    pub limit: u32,
    pub after: Option<Cursor>,
}

impl Query {
    #[must_use]
    pub fn new(filter: Filter, order: Order, limit: u32) -> Self {
        Self { filter, order, limit, after: None }
    }
    #[must_use]
    pub fn after(mut self, cursor: Option<Cursor>) -> Self {
        self.after = cursor;
        self
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Absent on the last page.
    pub next: Option<Cursor>,
}

/// One bar of a time histogram: documents whose time falls in `[start, start + width)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub start: i64,
    pub count: u64,
}
