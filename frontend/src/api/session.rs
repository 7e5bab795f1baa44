//! A signed-in account: the access token (in memory only), and the one way a private call is made.

use std::pin::Pin;

use serde::Serialize;
use watchkeeper_common::auth::{Me, SignedIn};
use watchkeeper_common::decode::Decode;

use super::wire::{Call, Method, exchange, exchange_text, read};
use super::{Fault, lock};
use crate::dom::prelude::*;

/// What a call will answer. One type for all calls, so that what drives one is compiled once.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Fault>>>>;

/// Who uses this browser, as far as the page knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Account {
    /// A session may exist; the refresh cookie is being tried.
    Resuming,
    /// The server could not be asked.
    Away,
    Out,
    /// Out by their own wish: there is no page to return to.
    Left,
    In(Me),
}

/// What the page keeps of its talk with the server; owned by the application, so it outlives every page.
#[derive(Clone, Copy)]
pub(super) struct Connection {
    pub(super) account: RwSignal<Account>,
    /// Whether the server answered the last time it was asked.
    pub(super) reachable: RwSignal<bool>,
    token: StoredValue<String>,
}

impl Connection {
    pub(super) fn new() -> Self {
        let account = if remembered() { Account::Resuming } else { Account::Out };
        Self { account: RwSignal::new(account), reachable: RwSignal::new(true), token: StoredValue::new(String::new()) }
    }

    pub(super) fn begin(&self, signed_in: SignedIn) {
        self.token.set_value(signed_in.access_token);
        self.reachable.set(true);
        remember(true);
        self.account.set(Account::In(signed_in.user));
    }

    /// `out` is how: [`Account::Out`] or [`Account::Left`].
    pub(super) fn end(&self, out: Account) {
        self.token.set_value(String::new());
        remember(false);
        self.account.set(out);
    }
}

/// Permission to make private calls. Only sign-in, registration and resuming lead to one.
#[derive(Clone, Copy)]
pub(crate) struct Session(pub(super) Connection);

impl Session {
    /// The account's own zone and name, kept current.
    pub(crate) fn me(&self) -> Signal<Option<Me>> {
        let account = self.0.account;
        Signal::derive(move || match account.get() {
            Account::In(me) => Some(me),
            _ => None,
        })
    }

    /// Ends the session on the server; here it ends whatever the server says.
    pub(crate) async fn sign_out(&self) -> Result<(), Fault> {
        let ended = self.act(Method::Post, "/auth/logout").await;
        self.0.end(Account::Left);
        match ended {
            Err(Fault::SignedOut) | Ok(()) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    pub(super) fn get<T: Decode + 'static>(&self, path: impl Into<String>) -> Answer<T> {
        self.act(Method::Get, path)
    }

    /// An answer that is text and no JSON.
    pub(super) fn text(&self, path: impl Into<String>) -> Answer<String> {
        let call = Call::new(Method::Get, path).header("accept", "text/markdown, application/problem+json");
        self.send(Ok(call))
    }

    pub(super) fn act<T: Decode + 'static>(&self, method: Method, path: impl Into<String>) -> Answer<T> {
        readable(self.send(Ok(Call::new(method, path))))
    }

    pub(super) fn write<T: Decode + 'static>(
        &self,
        method: Method,
        path: impl Into<String>,
        body: &impl Serialize,
    ) -> Answer<T> {
        readable(self.send(Call::new(method, path).json(body)))
    }

    fn send(&self, call: Result<Call, Fault>) -> Answer<String> {
        let session = *self;
        Box::pin(async move {
            let call = call?;
            session.authorised(async |token| exchange_text(&call, Some(&token)).await).await
        })
    }

    /// Asks with the access token; when that has ended, refreshes it once by the cookie and asks again.
    pub(super) async fn authorised<T>(&self, ask: impl AsyncFn(String) -> Result<T, Fault>) -> Result<T, Fault> {
        let token = self.0.token.get_value();
        let mut answer = ask(token.clone()).await;
        if unauthenticated(&answer) {
            answer = match self.renew(&token).await {
                Ok(fresh) => ask(fresh).await,
                Err(fault) => Err(fault),
            };
        }
        self.note(&answer);
        if unauthenticated(&answer) {
            self.0.end(Account::Out);
            return Err(Fault::SignedOut);
        }
        answer
    }

    async fn renew(&self, spent: &str) -> Result<String, Fault> {
        lock::alone(async {
            let current = self.0.token.get_value();
            if current != spent {
                return Ok(current);
            }
            let signed_in: SignedIn = exchange(&Call::new(Method::Post, "/auth/refresh"), None).await?;
            self.0.token.set_value(signed_in.access_token.clone());
            Ok(signed_in.access_token)
        })
        .await
    }

    fn note<T>(&self, answer: &Result<T, Fault>) {
        let reachable = !matches!(answer, Err(Fault::Unreachable));
        if self.0.reachable.get_untracked() != reachable {
            self.0.reachable.set(reachable);
        }
    }
}

fn readable<T: Decode + 'static>(text: Answer<String>) -> Answer<T> {
    Box::pin(async move { read(&text.await?) })
}

fn unauthenticated<T>(answer: &Result<T, Fault>) -> bool {
    matches!(answer, Err(Fault::Refused(problem)) if problem.status == 401)
}

const HINT: &str = "watchkeeper.session";

/// Notes that a refresh cookie should exist, so that a first visit does not ask the server for nothing. Not a secret.
fn remember(signed_in: bool) {
    let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) else { return };
    let noted = if signed_in { storage.set_item(HINT, "1") } else { storage.remove_item(HINT) };
    // Storage may be full or off: then the next start asks the server.
    noted.unwrap_or_default();
}

fn remembered() -> bool {
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    storage.is_none_or(|storage| storage.get_item(HINT).ok().flatten().is_some())
}
