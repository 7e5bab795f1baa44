//! Passwords: argon2id behind a bounded queue, and how guessable one may be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use super::error::AuthError;
use crate::telemetry::Telemetry;

/// OWASP's argon2id profile: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Longer texts are refused before anything expensive looks at them.
pub(super) const LONGEST: usize = 128;
const SHORTEST: usize = 8;
/// Who waits for a turn, per permit; more are told to come back.
const WAITING_PER_PERMIT: usize = 32;
/// Guesses needed, as a power of ten, for zxcvbn's score of 3 ("safely unguessable").
const LEAST_SCORE: u8 = 3;

/// Hashes and verifies on blocking threads, a few at a time.
#[derive(Debug)]
pub struct Hasher {
    argon: Argon2<'static>,
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
    telemetry: Telemetry,
    /// Verified when there is no such account, so that its absence takes as long as a wrong password.
    decoy: String,
}

impl Hasher {
    /// # Errors
    /// When argon2 refuses its parameters, which a test would have noticed.
    pub fn new(concurrency: usize, telemetry: Telemetry) -> Result<Self, AuthError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(internal)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = argon.hash_password(b"nobody signs in with this").map_err(internal)?.to_string();
        Ok(Self {
            argon,
            turns: Arc::new(Semaphore::new(concurrency)),
            waiting: AtomicUsize::new(0),
            most_waiting: concurrency.saturating_mul(WAITING_PER_PERMIT),
            telemetry,
            decoy,
        })
    }

    /// argon2id PHC string with a fresh salt, of a password that is hard enough to guess for someone of these names.
    pub(super) async fn admit(&self, password: String, own_words: [String; 2]) -> Result<String, AuthError> {
        let argon = self.argon.clone();
        self.in_turn(move || match weakness(&password, &own_words.each_ref().map(String::as_str)) {
            Some(why) => Err(AuthError::refused("password", why)),
            None => argon.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(internal),
        })
        .await?
    }

    /// Whether the password is the stored one; without a stored one the same work is done for nothing.
    pub(super) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, AuthError> {
        let argon = self.argon.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.clone());
        let fits = self
            .in_turn(move || {
                let parsed = PasswordHash::new(&stored).map_err(internal)?;
                Ok::<bool, AuthError>(argon.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await??;
        Ok(fits && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
        let place = Place::take(&self.waiting, self.most_waiting)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(internal)?;
        drop(place);
        self.telemetry.password_hashed();
        // The turn moves into the thread: a caller who goes away must not make room while its hash still runs.
        tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        })
        .await
        .map_err(internal)
    }
}

fn internal(error: impl std::fmt::Display) -> AuthError {
    AuthError::Internal(error.to_string())
}

/// A place in the queue, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Result<Self, AuthError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::SeqCst) >= most {
            return Err(AuthError::Full { retry_after: Duration::from_secs(2) });
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Why a new password is refused, in words for its owner; `None` when it will do.
fn weakness(password: &str, own_words: &[&str]) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!("use at least {SHORTEST} characters"));
    }
    if password.len() > LONGEST {
        return Some(format!("use at most {LONGEST} bytes"));
    }
    let estimate = zxcvbn::zxcvbn(password, own_words);
    if u8::from(estimate.score()) >= LEAST_SCORE {
        return None;
    }
    let feedback = estimate.feedback();
    let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning).map(|warning| format!("{warning} "));
    let advice = feedback.and_then(|feedback| feedback.suggestions().first().map(ToString::to_string));
    Some(format!(
        "too easy to guess. {}{}",
        warning.unwrap_or_default(),
        advice.unwrap_or_else(|| "Use a few unrelated words.".to_owned())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "correct-horse-battery-staple-9";

    #[test]
    fn guessable_passwords_are_refused_with_advice() {
        for weak in ["short", "password123", "priya@example.com", "aaaaaaaaaaaa", "qwertyuiop"] {
            assert!(weakness(weak, &["priya", "priya@example.com"]).is_some(), "{weak}");
        }
        assert_eq!(weakness(GOOD, &["priya"]), None);
        assert!(weakness(&"x".repeat(100_000), &[]).is_some_and(|why| why.contains("at most")));
    }

    #[tokio::test]
    async fn hashes_are_argon2id_with_the_stated_cost() {
        let telemetry = Telemetry::new();
        let hasher = Hasher::new(1, telemetry.clone()).unwrap();
        let hash = hasher.admit(GOOD.to_owned(), Default::default()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify(GOOD.to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("wrong".to_owned(), Some(hash)).await.unwrap());
        assert!(!hasher.verify("nobody signs in with this".to_owned(), None).await.unwrap(), "the decoy opens nothing");
        let counted = telemetry.exposition();
        assert!(
            counted.contains("watchkeeper_password_hashes_total 4\n"),
            "an unknown account costs what a known one does"
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let hasher = Hasher::new(1, Telemetry::new()).unwrap();
        let turn = Arc::clone(&hasher.turns).acquire_owned().await.unwrap();
        let waiters = (0..WAITING_PER_PERMIT).map(|_| hasher.verify(GOOD.to_owned(), None));
        let mut waiters: Vec<_> = waiters.map(Box::pin).collect();
        for waiter in &mut waiters {
            assert!(futures::poll!(waiter).is_pending());
        }
        assert!(matches!(hasher.verify(GOOD.to_owned(), None).await, Err(AuthError::Full { .. })));
        drop(waiters);
        drop(turn);
        assert!(hasher.verify(GOOD.to_owned(), None).await.is_ok(), "places are given back");
    }
}
