//! Cursor pages: every list of the API answers in this form.

use serde_json::Value;

use crate::decode::{Decode, Faults, field};

/// One page of a list. `next_cursor` is absent on the last page; hand it back as `cursor` for the next.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T: Decode> Decode for Page<T> {
    fn decode(value: &Value, faults: &mut Faults) -> Self {
        Self { items: field(value, "items", faults), next_cursor: field(value, "next_cursor", faults) }
    }
}
