//! `/llm`: which models could be asked, and every call that was made.

use actix_web::{get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use watchkeeper_common::analysis::{LlmCallView, ProviderName, ProviderView};
use watchkeeper_common::page::Page;
use watchkeeper_domain::id::{BatchId, Id, LlmCallId};

use super::convert;
use super::extract::Read;
use super::list::{self, ListParams};
use super::problem::ApiError;
use super::routes::Routes;
use crate::services::analyst::Analyst;
use crate::store::{Filter, Order, Query};

pub(crate) fn routes(routes: &mut Routes<'_, '_>) {
    routes.service(providers).service(calls).service(call);
}

/// Filters of the list of calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CallFilter {
    /// Only calls to this provider.
    provider: Option<ProviderName>,
    /// Only calls that ended so, such as `answered` or `timed_out`.
    outcome: Option<String>,
    /// Only calls made for this batch.
    #[param(value_type = Option<String>)]
    batch_id: Option<BatchId>,
}

impl CallFilter {
    fn filter(&self) -> Filter {
        let provider = self.provider.map(|p| Filter::eq("provider", p.as_str()));
        let outcome = self.outcome.as_deref().map(|o| Filter::eq("outcome.type", o));
        let batch = self.batch_id.as_ref().map(|id| Filter::eq("batch_id", id.as_str()));
        [provider, outcome, batch].into_iter().flatten().fold(Filter::All, Filter::and)
    }
}

/// Which providers are ready. Asks each its cheapest question; spends no tokens.
#[utoipa::path(tag = "Model", responses((status = 200, body = Page<ProviderView>)))]
#[get("/llm/providers")]
async fn providers(_read: Read, analyst: web::Data<Analyst>) -> web::Json<Page<ProviderView>> {
    let items = analyst.providers().await.into_iter().map(convert::llm::provider).collect();
    web::Json(Page { items, next_cursor: None })
}

/// Model calls, newest first, with prompt and answer as they were kept.
#[utoipa::path(tag = "Model", params(ListParams, CallFilter), responses((status = 200, body = Page<LlmCallView>)))]
#[get("/llm/calls")]
async fn calls(
    Read(scope): Read,
    analyst: web::Data<Analyst>,
    params: web::Query<ListParams>,
    filter: web::Query<CallFilter>,
) -> Result<web::Json<Page<LlmCallView>>, ApiError> {
    let filter = params.range("at").and(filter.filter());
    let query = Query::new(filter, Order::newest("at"), params.limit()?).after(params.cursor());
    let page = analyst.calls(&scope, &query).await?;
    Ok(web::Json(list::page(page, convert::llm::call)))
}

/// One model call.
#[utoipa::path(tag = "Model", params(("id" = String, Path)), responses((status = 200, body = LlmCallView)))]
#[get("/llm/calls/{id}")]
async fn call(
    Read(scope): Read,
    analyst: web::Data<Analyst>,
    id: web::Path<LlmCallId>,
) -> Result<web::Json<LlmCallView>, ApiError> {
    Ok(web::Json(convert::llm::call(analyst.call(&scope, &id).await?)))
}
