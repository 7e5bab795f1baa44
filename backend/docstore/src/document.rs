//! What a collection declares: its name, who owns its documents, its indexes.

/// Counts the writes of one document from 1; compare-and-set is by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub i64);

/// Who owns the documents of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// Every document carries its owner's `user_id`.
    Tenant,
    /// The collection stands above tenants (`users`).
    System,
}

/// Fields of an index, in order. Names are top-level or dotted paths in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Compound over scalar fields.
    Fields(&'static [&'static str]),
    /// One field holding an array; every element is a key (MongoDB: multikey).
    Elements(&'static str),
}

/// Every index of a [`Tenancy::Tenant`] collection is prefixed with `user_id` by the engine, unless `global`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    pub name: &'static str,
    pub keys: Keys,
    /// Unique within the space; documents in which every key is missing or null do not conflict with one another.
    pub unique: bool,
    /// Not prefixed by `user_id`: for lookups before the tenant is known (a token's hash) and for claims across tenants.
    pub global: bool,
}

impl Index {
    #[must_use]
    pub const fn on(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, keys: Keys::Fields(fields), unique: false, global: false }
    }
    #[must_use]
    pub const fn elements(name: &'static str, field: &'static str) -> Self {
        Self { name, keys: Keys::Elements(field), unique: false, global: false }
    }
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }
    #[must_use]
    pub const fn global(mut self) -> Self {
        self.global = true;
        self
    }
}

/// A collection as the engines see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    pub name: &'static str,
    pub tenancy: Tenancy,
    pub indexes: &'static [Index],
}
