//! One refresh at a time in the whole browser.
//!
//! A refresh token is spent by use, and a spent one that comes back ends the session. Two tabs whose access tokens end
//! together must therefore take turns, which the browser's lock manager arranges; within a tab it queues the same way.

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "watchkeeper.refresh";

/// Runs `work` while holding the browser-wide lock; without a lock manager (an insecure context), just runs it.
pub(super) async fn alone<T>(work: impl Future<Output = T>) -> T {
    let Some(held) = acquire().await else { return work.await };
    let done = work.await;
    held.release();
    done
}

struct Held(oneshot::Sender<()>);

impl Held {
    fn release(self) {
        // The receiver lives in the promise the lock manager holds; were it gone, so would be the lock.
        self.0.send(()).unwrap_or_default();
    }
}

async fn acquire() -> Option<Held> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;

    let (granted, waiting) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let once = Rc::new(RefCell::new(Some((granted, released))));
    let callback = Closure::<dyn FnMut() -> Promise>::new(move || {
        let taken = once.borrow_mut().take();
        wasm_bindgen_futures::future_to_promise(async move {
            if let Some((granted, released)) = taken
                && granted.send(()).is_ok()
            {
                // Dropped or sent, either ends the lock.
                released.await.unwrap_or_default();
            }
            Ok(JsValue::UNDEFINED)
        })
    });
    request.call2(&locks, &NAME.into(), callback.as_ref()).ok()?;
    waiting.await.ok()?;
    drop(callback);
    Some(Held(release))
}
