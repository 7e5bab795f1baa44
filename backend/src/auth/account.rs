//! Accounts: registering and signing in.

use std::sync::Arc;

use uuid::Uuid;
use watchkeeper_common::problem::FieldError;
use watchkeeper_domain::id::{Id, UserId};
use watchkeeper_domain::tenant::Account;

use super::error::AuthError;
use super::password::{Hasher, LONGEST};
use super::scope::{SystemScope, TenantScope};
use super::session::{Opened, Sessions};
use super::throttle::Limits;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store::{Error as StoreError, Filter, Order, Query, Store, Versioned};

const LONGEST_USERNAME: usize = 32;
const SHORTEST_USERNAME: usize = 3;
const LONGEST_EMAIL: usize = 254;

/// Where somebody knocks from; shown in the list of sessions.
#[derive(Debug, Clone)]
pub struct Door {
    pub address: String,
    pub user_agent: String,
}

/// What registration asks for.
#[derive(Debug)]
pub struct NewAccount {
    pub username: String,
    pub email: String,
    pub password: String,
}

/// Who somebody says they are.
#[derive(Debug)]
pub enum WhoSignsIn {
    Email(String),
    Username(String),
}

#[derive(Debug)]
pub struct SignIn {
    pub who: WhoSignsIn,
    pub password: String,
}

/// The verbs of accounts.
#[derive(Debug)]
pub struct Accounts {
    pub store: Store,
    pub sessions: Arc<Sessions>,
    pub hasher: Arc<Hasher>,
    pub limits: Limits,
    pub clock: Clock,
    pub registration_open: bool,
    /// Wakes the job that deletes what accounts that left still own.
    pub leaving: Nudge,
    pub system: SystemScope,
}

impl Accounts {
    /// Makes an account and signs in.
    ///
    /// # Errors
    /// Refused fields, a taken name or address, too many attempts.
    pub async fn register(&self, new: NewAccount, door: &Door) -> Result<Opened, AuthError> {
        self.limits.address(&door.address)?;
        if !self.registration_open {
            return Err(AuthError::Closed);
        }
        let username = new.username.trim().to_owned();
        let email = new.email.trim().to_owned();
        let errors: Vec<FieldError> = [("username", username_problem(&username)), ("email", email_problem(&email))]
            .into_iter()
            .filter_map(|(field, problem)| {
                problem.map(|message| FieldError { field: field.to_owned(), message: message.to_owned() })
            })
            .collect();
        if !errors.is_empty() {
            return Err(AuthError::Refused(errors));
        }
        let account = Account {
            id: UserId::from_uuid(Uuid::now_v7()),
            username_key: username.to_lowercase(),
            email_key: email.to_lowercase(),
            password_hash: self.hasher.admit(new.password, [username.clone(), email.clone()]).await?,
            username,
            email,
            time_zone: "UTC".to_owned(),
            created_at: self.clock.now(),
            leaving_at: None,
        };
        self.store.system(&self.system).insert(&account).await.map_err(taken)?;
        self.sessions.open(account, door).await
    }

    /// An unknown account and a wrong password cost the same and answer the same.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`], or too many attempts.
    pub async fn sign_in(&self, attempt: SignIn, door: &Door) -> Result<Opened, AuthError> {
        self.limits.address(&door.address)?;
        let (field, key) = match attempt.who {
            WhoSignsIn::Email(email) => ("email_key", email.trim().to_lowercase()),
            WhoSignsIn::Username(name) => ("username_key", name.trim().to_lowercase()),
        };
        if attempt.password.len() > LONGEST || key.len() > LONGEST_EMAIL {
            return Err(AuthError::InvalidCredentials);
        }
        let account = self.find(field, &key).await?.filter(|account| account.leaving_at.is_none());
        self.limits.account(account.as_ref().map_or(key.as_str(), |account| account.id.as_str()))?;
        let stored = account.as_ref().map(|account| account.password_hash.clone());
        let fits = self.hasher.verify(attempt.password, stored).await?;
        match account {
            Some(account) if fits => self.sessions.open(account, door).await,
            _ => Err(AuthError::InvalidCredentials),
        }
    }

    /// The account the scope belongs to.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] when it is gone.
    pub async fn me(&self, scope: &TenantScope) -> Result<Account, AuthError> {
        self.load(scope).await.map(|versioned| versioned.doc)
    }

    pub(super) async fn load(&self, scope: &TenantScope) -> Result<Versioned<Account>, AuthError> {
        let found = self.store.system(&self.system).get::<Account>(scope.account().key()).await?;
        found.filter(|account| account.doc.leaving_at.is_none()).ok_or(AuthError::Unauthenticated)
    }

    async fn find(&self, field: &'static str, key: &str) -> Result<Option<Account>, AuthError> {
        let query = Query::new(Filter::eq(field, key), Order::newest("created_at"), 1);
        let page = self.store.system(&self.system).find::<Account>(&query).await?;
        Ok(page.items.into_iter().next().map(|(_, account)| account.doc))
    }
}

/// Which of the two unique names somebody else has.
pub(super) fn taken(error: StoreError) -> AuthError {
    match error {
        StoreError::Duplicate { index } if index == "email" => {
            AuthError::Taken("There is an account with this mail address already.")
        }
        StoreError::Duplicate { .. } => AuthError::Taken("This user name is taken; choose another."),
        other => other.into(),
    }
}

pub(super) fn username_problem(name: &str) -> Option<&'static str> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let fits = (SHORTEST_USERNAME..=LONGEST_USERNAME).contains(&name.len())
        && name.chars().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!fits).then_some("3 to 32 letters, digits, dots, dashes and underscores, starting with a letter or digit")
}

/// Only what keeps mail servers and headers safe; whether it exists, only a mail can tell.
pub(super) fn email_problem(email: &str) -> Option<&'static str> {
    let safe = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:\"".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let fits = email.len() <= LONGEST_EMAIL
        && email.chars().all(safe)
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && local.len() <= 64 && !domain.contains('@') && domain.split('.').all(label)
        });
    (!fits).then_some("a mail address such as priya@example.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_judged() {
        for good in ["priya", "a.b-c_9", "007"] {
            assert_eq!(username_problem(good), None, "{good}");
        }
        for bad in ["", "ab", ".abc", "has space", "ünïcode", "a@b", "x\nabc", &"a".repeat(33)] {
            assert!(username_problem(bad).is_some(), "{bad}");
        }
        for good in ["priya@example.com", "a+b@mail.example.co.uk", "root@localhost"] {
            assert_eq!(email_problem(good), None, "{good}");
        }
        for bad in ["", "a", "@b.c", "a@", "a@@b", "a b@c.d", "a@b\r\nBcc: x@y.z", "a@-b.c", "a@b..c", "<a@b.c>"] {
            assert!(email_problem(bad).is_some(), "{bad}");
        }
    }
}
