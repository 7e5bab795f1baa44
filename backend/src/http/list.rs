//! The parameters every list takes, and the page every list answers with.

use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::page::Page;
use watchkeeper_domain::time::UtcMillis;

use crate::services::ServiceError;
use crate::store::{self, Cursor, Filter};

const DEFAULT_LIMIT: u32 = 50;
const MOST: u32 = 200;

/// `?limit=&cursor=&from=&to=`; a list's own filters are a second `web::Query`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Rows on a page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only rows at or after this instant, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<jiff::Timestamp>,
    /// Only rows before this instant, RFC 3339.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<jiff::Timestamp>,
}

impl ListParams {
    /// # Errors
    /// [`ServiceError::InvalidParameter`] when it is not from 1 to 200.
    pub fn limit(&self) -> Result<u32, ServiceError> {
        match self.limit {
            None => Ok(DEFAULT_LIMIT),
            Some(limit @ 1..=MOST) => Ok(limit),
            Some(limit) => Err(ServiceError::InvalidParameter(format!("limit: {limit} is not from 1 to {MOST}"))),
        }
    }

    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        self.cursor.clone().map(Cursor)
    }

    #[must_use]
    pub fn from(&self) -> Option<UtcMillis> {
        self.from.map(UtcMillis::from)
    }

    #[must_use]
    pub fn to(&self) -> Option<UtcMillis> {
        self.to.map(UtcMillis::from)
    }

    /// The time range as a condition on `field`.
    #[must_use]
    pub fn range(&self, field: &'static str) -> Filter {
        match (self.from(), self.to()) {
            (None, None) => Filter::All,
            (from, to) => Filter::range(field, from.map(|at| at.0), to.map(|at| at.0)),
        }
    }
}

/// A stored page as the wire's, row by row.
pub fn page<D, W>(page: store::Page<D>, convert: impl FnMut(D) -> W) -> Page<W> {
    Page { items: page.items.into_iter().map(convert).collect(), next_cursor: page.next.map(|cursor| cursor.0) }
}
