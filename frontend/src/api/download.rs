//! An answer as a file in the browser's downloads.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlAnchorElement, Response, Url};

use super::Fault;
use super::wire::{away, broken};

/// Waits for the whole body and hands it to the browser under this name.
pub(super) async fn save(response: &Response, name: &str) -> Result<(), Fault> {
    let body = JsFuture::from(response.blob().map_err(broken)?).await.map_err(away)?;
    let body: Blob = body.dyn_into().map_err(broken)?;
    let url = Url::create_object_url_with_blob(&body).map_err(broken)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or(Fault::Unreachable)?;
    let link = document.create_element("a").map_err(broken)?;
    let link: HtmlAnchorElement = link.dyn_into().map_err(|element| broken(element.into()))?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url).map_err(broken)
}
