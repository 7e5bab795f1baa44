//! What can be asked without an account. Each success leads to a [`Session`].

use watchkeeper_common::auth::{Login, Register, SignedIn};

use super::session::{Account, Connection};
use super::wire::{Call, Method, exchange};
use super::{Fault, Session, lock};
use crate::dom::prelude::*;

#[derive(Clone, Copy)]
pub(crate) struct Visitor(Connection);

impl Visitor {
    /// The application makes one, at its start.
    pub(crate) fn new() -> Self {
        Self(Connection::new())
    }

    pub(crate) fn account(&self) -> Signal<Account> {
        self.0.account.into()
    }

    /// The session while somebody is signed in.
    pub(crate) fn session(&self) -> Option<Session> {
        self.0.account.with_untracked(|account| matches!(account, Account::In(_))).then_some(Session(self.0))
    }

    /// Whether the server answered the last time it was asked.
    pub(crate) fn reachable(&self) -> Signal<bool> {
        self.0.reachable.into()
    }

    pub(crate) async fn register(&self, form: &Register) -> Result<(), Fault> {
        let signed_in = exchange(&Call::new(Method::Post, "/auth/register").json(form)?, None).await?;
        self.0.begin(signed_in);
        Ok(())
    }

    pub(crate) async fn sign_in(&self, form: &Login) -> Result<(), Fault> {
        let signed_in = exchange(&Call::new(Method::Post, "/auth/login").json(form)?, None).await?;
        self.0.begin(signed_in);
        Ok(())
    }

    /// Takes up the session the refresh cookie stands for.
    pub(crate) async fn resume(&self) {
        self.0.account.set(Account::Resuming);
        match lock::alone(exchange::<SignedIn>(&Call::new(Method::Post, "/auth/refresh"), None)).await {
            Ok(signed_in) => self.0.begin(signed_in),
            Err(Fault::Refused(_)) => self.0.end(Account::Out),
            Err(_) => self.0.account.set(Account::Away),
        }
    }
}
