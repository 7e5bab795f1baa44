//! The OpenAPI document: collected from the routes, completed once, served as bytes.
//!
//! Handlers declare what is theirs (summary, parameters, success). What holds for all of them is added here: security,
//! the problem responses and their example.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use serde_json::{Map, Value as Json, json};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};
use watchkeeper_common::problem::{ErrorCode, FieldError, Problem};

use super::codes;
use super::examples::Synthesis;
use super::problem::describe;

pub(super) const PATH: &str = "/api/v1/openapi.json";

/// Operations that need no credential. Everything else is refused without one, and a test walks them to see that.
const PUBLIC: &[&str] = &[
    "/api/v1/auth/register",
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/auth/logout",
    "/api/auth/register",
    "/api/auth/login",
    "/health",
    "/health/ready",
];
/// Operations with a bearer token that belongs to the operator, not to an account.
const OPERATOR: &[&str] = &["/metrics", "/api/v1/sd/targets"];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// The finished document, and which methods each path has.
#[derive(Debug, Clone)]
pub struct Document {
    body: Bytes,
    paths: Vec<(Vec<Segment>, Vec<String>)>,
}

#[derive(Debug, Clone)]
enum Segment {
    Literal(String),
    Parameter,
}

impl Document {
    /// Completes what the routes declared.
    #[must_use]
    pub fn new(collected: &utoipa::openapi::OpenApi) -> Self {
        let mut collected = collected.clone();
        let components = collected.components.get_or_insert_default();
        let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
        Problem::schemas(&mut schemas);
        components.schemas.extend(schemas);
        let mut document = serde_json::to_value(&collected).unwrap_or_default();
        complete(&mut document);
        let paths = document.get("paths").and_then(Json::as_object).map(routes).unwrap_or_default();
        Self { body: Bytes::from(document.to_string()), paths }
    }

    #[must_use]
    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    /// Methods of the paths that match, upper case; empty when none does.
    pub(super) fn methods_at(&self, path: &str) -> Vec<&str> {
        let parts: Vec<&str> = path.split('/').collect();
        let matching = self.paths.iter().filter(|(template, _)| matches(template, &parts));
        matching.flat_map(|(_, methods)| methods.iter().map(String::as_str)).collect()
    }
}

fn matches(template: &[Segment], parts: &[&str]) -> bool {
    template.len() == parts.len()
        && template.iter().zip(parts).all(|(segment, part)| match segment {
            Segment::Literal(text) => text == part,
            Segment::Parameter => !part.is_empty(),
        })
}

fn routes(paths: &Map<String, Json>) -> Vec<(Vec<Segment>, Vec<String>)> {
    let segment =
        |part: &str| if part.starts_with('{') { Segment::Parameter } else { Segment::Literal(part.to_owned()) };
    paths
        .iter()
        .map(|(path, item)| {
            let methods = METHODS.iter().filter(|method| item.get(method).is_some());
            (path.split('/').map(segment).collect(), methods.map(|method| method.to_ascii_uppercase()).collect())
        })
        .collect()
}

fn complete(document: &mut Json) {
    let Some(root) = document.as_object_mut() else { return };
    root.insert("openapi".to_owned(), json!("3.1.0"));
    root.insert(
        "info".to_owned(),
        json!({
            "title": "Watchkeeper",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Monitoring that explains failures and proves what it says. Sign in with \
                `POST /api/v1/auth/login` or make an API key, then authorise with it as a bearer token.",
            "license": { "name": "MIT", "identifier": "MIT" },
        }),
    );
    root.insert("servers".to_owned(), json!([{ "url": "/" }]));
    let Some(components) = root.entry("components").or_insert_with(|| json!({})).as_object_mut() else { return };
    let schemes = json!({
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "An access token of 15 minutes from signing in, or an API key `wk_…`.",
        },
        "refresh": {
            "type": "apiKey", "in": "cookie", "name": super::cookie::NAME,
            "description": "The refresh token, set by signing in; only the operations under `/api/v1/auth` see it.",
        },
        "operator": { "type": "http", "scheme": "bearer", "description": "The operator's token (`SD_TOKEN`, `METRICS_TOKEN`)." },
    });
    components.insert("securitySchemes".to_owned(), schemes);
    let responses = Json::Object(ErrorCode::ALL.iter().map(|code| problem_response(*code)).collect());
    components.insert("responses".to_owned(), responses);
    let schemas = components.get("schemas").and_then(Json::as_object).cloned().unwrap_or_default();
    let examples = Synthesis::new(&schemas);
    let Some(paths) = root.get_mut("paths").and_then(Json::as_object_mut) else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                complete_operation(path, method, operation, &examples);
            }
        }
    }
}

fn problem_response(code: ErrorCode) -> (String, Json) {
    let (status, title) = describe(code);
    let refused = FieldError { field: "address".to_owned(), message: "the port must be from 1 to 65535".to_owned() };
    let example = Problem {
        kind: codes::address(code),
        title: title.to_owned(),
        status: status.as_u16(),
        code,
        detail: None,
        request_id: Some("019366d1f0c27d3e8a3f5b1c2d4e6f70".to_owned()),
        errors: if code == ErrorCode::ValidationFailed { vec![refused] } else { Vec::new() },
    };
    let content = json!({ "schema": { "$ref": "#/components/schemas/Problem" }, "example": example });
    let response = json!({ "description": title, "content": { "application/problem+json": content } });
    (code.as_str().to_owned(), response)
}

/// Puts an example beside the schema of a request body or a response.
fn exemplify(holder: &mut Json, examples: &Synthesis<'_>) {
    let Some(content) = holder.pointer_mut("/content/application~1json") else { return };
    let example = content.get("schema").and_then(|schema| examples.of(schema));
    if let (Some(example), Some(content)) = (example, content.as_object_mut()) {
        content.entry("example").or_insert(example);
    }
}

fn complete_operation(path: &str, method: &str, operation: &mut Json, examples: &Synthesis<'_>) {
    if let Some(body) = operation.get_mut("requestBody") {
        exemplify(body, examples);
    }
    for response in operation.get_mut("responses").and_then(Json::as_object_mut).into_iter().flatten() {
        exemplify(response.1, examples);
    }
    let public = PUBLIC.contains(&path);
    let mut codes = vec![(429, ErrorCode::RateLimited), (500, ErrorCode::Internal), (503, ErrorCode::Unavailable)];
    if !public {
        codes.push((401, ErrorCode::Unauthenticated));
        codes.push((403, ErrorCode::InsufficientScope));
    }
    if path.ends_with("/login") {
        codes.push((401, ErrorCode::InvalidCredentials));
    }
    if path.contains('{') {
        codes.push((404, ErrorCode::NotFound));
    }
    if operation.get("requestBody").is_some() {
        codes.push((400, ErrorCode::MalformedBody));
        codes.push((413, ErrorCode::PayloadTooLarge));
        codes.push((415, ErrorCode::UnsupportedMediaType));
        codes.push((422, ErrorCode::ValidationFailed));
        codes.push((409, ErrorCode::Conflict));
    } else if method == "get" && operation.get("parameters").is_some() {
        codes.push((400, ErrorCode::InvalidParameter));
    }
    let Some(operation) = operation.as_object_mut() else { return };
    operation.insert("operationId".to_owned(), json!(operation_id(path, method)));
    if !operation.contains_key("security") {
        let scheme = if OPERATOR.contains(&path) { "operator" } else { "bearer" };
        let security = if public { json!([]) } else { json!([{ scheme: [] }]) };
        operation.insert("security".to_owned(), security);
    }
    if let Some(responses) = operation.entry("responses").or_insert_with(|| json!({})).as_object_mut() {
        for (status, code) in codes {
            let reference = json!({ "$ref": format!("#/components/responses/{}", code.as_str()) });
            responses.entry(status.to_string()).or_insert(reference);
        }
    }
}

/// `get /api/v1/targets/{id}` → `get_targets_id`; what stands elsewhere says `root`, so that aliases stay different.
fn operation_id(path: &str, method: &str) -> String {
    let (start, path) =
        path.strip_prefix("/api/v1").map_or_else(|| (format!("{method}_root"), path), |rest| (method.to_owned(), rest));
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).fold(start, |id, word| format!("{id}_{word}"))
}

pub(super) async fn serve(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.body())
}

pub(super) async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

/// Swagger UI from the binary itself; it works without the internet.
pub(super) fn ui() -> SwaggerUi {
    let config = Config::new([PATH]).try_it_out_enabled(true).validator_url("none");
    SwaggerUi::new("/docs/{_:.*}").config(config)
}
