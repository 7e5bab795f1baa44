//! Whose data this page shows: the person's own, or that of the demo they play. It stands in the address (`?demo=1`) and does not
//! change while a page is loaded: entering and leaving load the dashboard anew, so that nothing of one is left in the other.

use std::cell::OnceCell;

/// What an address of the demo ends with.
pub(crate) const MARK: &str = "demo=1";

thread_local! {
    static DEMO: OnceCell<bool> = const { OnceCell::new() };
}

/// Whether this page shows the demo.
pub(crate) fn is_demo() -> bool {
    DEMO.with(|demo| *demo.get_or_init(read))
}

fn read() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.trim_start_matches('?').split('&').any(|pair| pair == MARK)
}

/// Operations on the account itself; they are never about a demo.
pub(super) fn is_of_account(path: &str) -> bool {
    ["/auth/", "/api-keys", "/demo"].iter().any(|prefix| path.starts_with(prefix))
}
