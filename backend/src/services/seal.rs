//! Receiver secrets at rest: XChaCha20-Poly1305 under a key derived from the server's sealing secret.
//!
//! The tenant and the field are bound in as associated data, so a sealed text copied to another tenant or another field does
//! not open. The form is `v1:` and base64url of nonce and ciphertext; a later form gets a later prefix.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::auth::TenantScope;

const PREFIX: &str = "v1:";
const NONCE_BYTES: usize = 24;
const PURPOSE: &[u8] = b"watchkeeper receiver secrets v1";

/// Which secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    SmtpPassword,
    SlackWebhook,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Self::SmtpPassword => "smtp_password",
            Self::SlackWebhook => "slack_webhook",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another key, another tenant or field, or changed bytes: the cipher cannot tell them apart.
    #[error("the stored secret does not open with this server's SEALING_KEY; enter it again")]
    Shut,
    #[error("the stored secret is not in a form this version knows; enter it again")]
    UnknownForm,
    #[error("the secret could not be sealed")]
    Unsealable,
}

/// Seals and opens. Cheap to clone.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// # Errors
    /// [`SealError::Unsealable`] when no key can be derived, which SHA-256 never refuses for this length.
    pub fn new(secret: &SecretString) -> Result<Self, SealError> {
        let mut key = [0_u8; 32];
        let derived = Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes()).expand(PURPOSE, &mut key);
        derived.map_err(|_length| SealError::Unsealable)?;
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    /// # Errors
    /// [`SealError::Unsealable`], for texts beyond what the cipher takes.
    pub fn seal(&self, scope: &TenantScope, field: Field, secret: &SecretString) -> Result<String, SealError> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let aad = bound(scope, field);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: aad.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_opaque| SealError::Unsealable)?;
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())))
    }

    /// # Errors
    /// [`SealError`], with what the user can do about it.
    pub fn open(&self, scope: &TenantScope, field: Field, sealed: &str) -> Result<SecretString, SealError> {
        let encoded = sealed.strip_prefix(PREFIX).ok_or(SealError::UnknownForm)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_why| SealError::UnknownForm)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::UnknownForm)?;
        let aad = bound(scope, field);
        let payload = Payload { msg: ciphertext, aad: aad.as_bytes() };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_opaque| SealError::Shut)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_bytes| SealError::Shut)
    }
}

/// Ids hold no `/`, so the two parts cannot run together.
fn bound(scope: &TenantScope, field: Field) -> String {
    format!("{}/{}", scope.key(), field.as_str())
}

#[cfg(test)]
mod tests {
    use watchkeeper_domain::id::{Id, UserId};

    use super::*;
    use crate::auth::SystemScope;

    fn tenant(name: &str) -> TenantScope {
        TenantScope::for_job(UserId::derive(&[name]), &SystemScope::for_job("test"), "test")
    }

    fn sealer(secret: &str) -> Sealer {
        Sealer::new(&secret.into()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_tenant_and_field_only() {
        let (a, b, sealer) = (tenant("a"), tenant("b"), sealer("server secret"));
        let sealed = sealer.seal(&a, Field::SmtpPassword, &"hunter2".into()).unwrap();
        assert!(!sealed.contains("hunter2"));
        assert_eq!(sealer.open(&a, Field::SmtpPassword, &sealed).unwrap().expose_secret(), "hunter2");
        assert_eq!(sealer.open(&b, Field::SmtpPassword, &sealed).err(), Some(SealError::Shut));
        assert_eq!(sealer.open(&a, Field::SlackWebhook, &sealed).err(), Some(SealError::Shut));
        assert_ne!(sealed, sealer.seal(&a, Field::SmtpPassword, &"hunter2".into()).unwrap(), "a nonce is used once");
    }

    #[test]
    fn another_key_and_changed_bytes_are_told_plainly() {
        let (a, one) = (tenant("a"), sealer("one"));
        let sealed = one.seal(&a, Field::SlackWebhook, &"https://hooks".into()).unwrap();
        let error = sealer("two").open(&a, Field::SlackWebhook, &sealed).unwrap_err();
        assert!(error.to_string().contains("SEALING_KEY"));
        let flipped = if sealed.ends_with('A') { "B" } else { "A" };
        let changed = format!("{}{flipped}", &sealed[..sealed.len() - 1]);
        assert!(one.open(&a, Field::SlackWebhook, &changed).is_err());
        for unknown in ["", "v1:", "v2:AAAA", "plain text", "v1:***"] {
            assert_eq!(one.open(&a, Field::SlackWebhook, unknown).err(), Some(SealError::UnknownForm), "{unknown}");
        }
    }
}
