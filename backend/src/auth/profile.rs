//! What a person may change about themselves: names and zone, the password, and whether they stay.

use watchkeeper_common::problem::FieldError;
use watchkeeper_domain::id::{Id, SessionId};
use watchkeeper_domain::tenant::Account;

use super::account::{Accounts, email_problem, taken, username_problem};
use super::api_key::ApiKeys;
use super::error::AuthError;
use super::password::LONGEST;
use super::scope::TenantScope;
use crate::store::Versioned;

/// Absent fields stay.
#[derive(Debug, Default)]
pub struct ProfileChange {
    pub username: Option<String>,
    pub email: Option<String>,
    pub time_zone: Option<String>,
    /// Needed for a new user name or mail address: both are what one signs in with.
    pub current_password: Option<String>,
}

impl Accounts {
    /// # Errors
    /// [`AuthError::Refused`] naming each refused field; a taken name or address; too many wrong passwords.
    pub async fn change(&self, scope: &TenantScope, change: ProfileChange) -> Result<Account, AuthError> {
        let Versioned { mut doc, rev } = self.load(scope).await?;
        let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
        let (username, email) = (trimmed(change.username), trimmed(change.email));
        let username = username.filter(|new| *new != doc.username);
        let email = email.filter(|new| *new != doc.email);
        let wrong = [
            ("username", username.as_deref().and_then(username_problem)),
            ("email", email.as_deref().and_then(email_problem)),
            ("time_zone", change.time_zone.as_deref().and_then(zone_problem)),
        ];
        refuse(&wrong)?;
        if username.is_some() || email.is_some() {
            self.prove(&doc, change.current_password.unwrap_or_default()).await?;
        }
        if let Some(username) = username {
            doc.username_key = username.to_lowercase();
            doc.username = username;
        }
        if let Some(email) = email {
            doc.email_key = email.to_lowercase();
            doc.email = email;
        }
        doc.time_zone = change.time_zone.unwrap_or(doc.time_zone);
        self.store.system(&self.system).replace(&doc, rev).await.map_err(taken)?;
        Ok(doc)
    }

    /// A new password; every other session ends.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the current one is wrong or the new one easy to guess.
    pub async fn change_password(
        &self,
        scope: &TenantScope,
        keep: &SessionId,
        current: String,
        new: String,
    ) -> Result<(), AuthError> {
        let account = self.load(scope).await?.doc;
        self.prove(&account, current).await?;
        let hash = self.hasher.admit(new, [account.username, account.email]).await.map_err(as_new_password)?;
        // Hashing takes its time; what else changed meanwhile stays.
        let Versioned { mut doc, rev } = self.load(scope).await?;
        doc.password_hash = hash;
        self.store.system(&self.system).replace(&doc, rev).await?;
        self.sessions.end_all(scope, Some(keep)).await
    }

    /// Marks the account as leaving and lets nobody in by it any more. What it owns is deleted by a job, which takes up again
    /// should the server die; its names are free at once.
    ///
    /// # Errors
    /// [`AuthError::Refused`] when the typed name is not the account's or the password is wrong.
    pub async fn leave(
        &self,
        scope: &TenantScope,
        keys: &ApiKeys,
        typed: &str,
        password: String,
    ) -> Result<(), AuthError> {
        let Versioned { doc, rev } = self.load(scope).await?;
        if typed.trim() != doc.username {
            return Err(AuthError::refused("username", format!("type {} to confirm", doc.username)));
        }
        self.prove(&doc, password).await.map_err(|error| renamed(error, "password"))?;
        let gone = Account {
            username: String::new(),
            username_key: doc.id.as_str().to_owned(),
            email: String::new(),
            email_key: doc.id.as_str().to_owned(),
            password_hash: String::new(),
            time_zone: "UTC".to_owned(),
            leaving_at: Some(self.clock.now()),
            id: doc.id,
            created_at: doc.created_at,
        };
        self.store.system(&self.system).replace(&gone, rev).await?;
        tracing::info!(tenant.id = scope.key(), "an account leaves; what it owns is deleted");
        self.leaving.nudge();
        keys.revoke_all(scope).await?;
        self.sessions.end_all(scope, None).await
    }

    /// That whoever asks knows the account's password; a borrowed browser does not.
    async fn prove(&self, account: &Account, password: String) -> Result<(), AuthError> {
        let wrong = || AuthError::refused("current_password", "this is not your current password");
        if password.is_empty() || password.len() > LONGEST {
            return Err(wrong());
        }
        self.limits.account(account.id.as_str())?;
        let fits = self.hasher.verify(password, Some(account.password_hash.clone())).await?;
        if fits { Ok(()) } else { Err(wrong()) }
    }
}

fn refuse(fields: &[(&str, Option<&'static str>)]) -> Result<(), AuthError> {
    let wrong = fields.iter().filter_map(|(field, problem)| {
        problem.map(|message| FieldError { field: (*field).to_owned(), message: message.to_owned() })
    });
    let wrong: Vec<FieldError> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(AuthError::Refused(wrong)) }
}

fn zone_problem(zone: &str) -> Option<&'static str> {
    let known = !zone.is_empty() && jiff::tz::TimeZone::get(zone).is_ok();
    (!known).then_some("use the name of a time zone, such as Europe/Vienna or UTC")
}

/// The same refusal, of the field as this operation calls it.
fn renamed(error: AuthError, field: &str) -> AuthError {
    match error {
        AuthError::Refused(errors) => AuthError::Refused(
            errors.into_iter().map(|error| FieldError { field: field.to_owned(), ..error }).collect(),
        ),
        other => other,
    }
}

fn as_new_password(error: AuthError) -> AuthError {
    renamed(error, "new_password")
}
