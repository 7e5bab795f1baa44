//! Access tokens: short, signed, tied to a session.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use watchkeeper_domain::id::{SessionId, UserId};
use watchkeeper_domain::time::UtcMillis;

use super::error::AuthError;

const ISSUER: &str = "watchkeeper";
const AUDIENCE: &str = "watchkeeper-api";
/// Longer texts are not looked at.
const TOKEN_BYTES: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub(super) sub: UserId,
    /// The session; ending it ends the token.
    pub(super) sid: SessionId,
    jti: String,
    /// The name timelines show.
    pub(super) name: String,
    iat: i64,
    exp: i64,
}

/// Signs and verifies; the key never leaves.
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    life: Duration,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("life", &self.life).finish_non_exhaustive()
    }
}

impl Tokens {
    #[must_use]
    pub fn new(secret: &[u8], life: Duration) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time comes from the caller's clock; see `verify`.
        validation.validate_exp = false;
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
            life,
        }
    }

    /// Seconds an access token lives.
    #[must_use]
    pub fn life_seconds(&self) -> u64 {
        self.life.as_secs()
    }

    pub(super) fn issue(
        &self,
        user: &UserId,
        name: &str,
        session: &SessionId,
        now: UtcMillis,
    ) -> Result<String, AuthError> {
        let issued = now.0.div_euclid(1000);
        let life = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user.clone(),
            sid: session.clone(),
            jti: Uuid::now_v7().simple().to_string(),
            name: name.to_owned(),
            iat: issued,
            exp: issued.saturating_add(life),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|error| AuthError::Internal(error.to_string()))
    }

    pub(super) fn verify(&self, token: &str, now: UtcMillis) -> Result<Claims, AuthError> {
        if token.len() > TOKEN_BYTES {
            return Err(AuthError::Unauthenticated);
        }
        let claims = decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|_why| AuthError::Unauthenticated)?
            .claims;
        if claims.exp.saturating_mul(1000) <= now.0 {
            return Err(AuthError::Unauthenticated);
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use watchkeeper_domain::id::Id;

    use super::*;
    use crate::auth::install_crypto;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const NOW: UtcMillis = UtcMillis(1_800_000_000_000);

    fn ids() -> (UserId, SessionId) {
        (UserId::from_uuid(Uuid::now_v7()), SessionId::from_uuid(Uuid::now_v7()))
    }

    fn forged(header: &Header, change: impl FnOnce(&mut serde_json::Value), key: &[u8]) -> String {
        let (user, session) = ids();
        let mut claims = json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": user, "sid": session, "jti": "j", "name": "priya",
            "iat": NOW.0 / 1000, "exp": NOW.0 / 1000 + 60,
        });
        change(&mut claims);
        encode(header, &claims, &EncodingKey::from_secret(key)).unwrap()
    }

    #[test]
    fn a_token_proves_its_claims_until_it_expires() {
        install_crypto();
        let tokens = Tokens::new(SECRET, Duration::from_secs(900));
        let (user, session) = ids();
        let token = tokens.issue(&user, "priya", &session, NOW).unwrap();
        let claims = tokens.verify(&token, NOW + 899_999).unwrap();
        assert_eq!((claims.sub, claims.sid, claims.name.as_str()), (user, session, "priya"));
        assert_eq!(tokens.verify(&token, NOW + 900_000).unwrap_err(), AuthError::Unauthenticated);
    }

    #[test]
    fn forged_tokens_are_refused() {
        install_crypto();
        let tokens = Tokens::new(SECRET, Duration::from_secs(900));
        let hs256 = Header::new(Algorithm::HS256);
        assert!(tokens.verify(&forged(&hs256, |_| {}, SECRET), NOW).is_ok(), "the forger works");
        let cases = [
            ("key", forged(&hs256, |_| {}, b"another secret, just as long as ours")),
            ("issuer", forged(&hs256, |c| c["iss"] = json!("other"), SECRET)),
            ("audience", forged(&hs256, |c| c["aud"] = json!("other"), SECRET)),
            ("no audience", forged(&hs256, |c| drop(c.as_object_mut().unwrap().remove("aud")), SECRET)),
            ("no expiry", forged(&hs256, |c| drop(c.as_object_mut().unwrap().remove("exp")), SECRET)),
            ("subject of another kind", forged(&hs256, |c| c["sub"] = c["sid"].clone(), SECRET)),
        ];
        for (what, token) in cases {
            assert_eq!(tokens.verify(&token, NOW).unwrap_err(), AuthError::Unauthenticated, "{what}");
        }
    }

    #[test]
    fn the_algorithm_is_ours_to_choose() {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        install_crypto();
        let tokens = Tokens::new(SECRET, Duration::from_secs(900));
        let good = forged(&Header::new(Algorithm::HS256), |_| {}, SECRET);
        let (_, rest) = good.split_once('.').unwrap();
        let (payload, signature) = rest.split_once('.').unwrap();
        for algorithm in ["none", "None", "HS384", "RS256", "ES256"] {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm, "typ": "JWT" }).to_string());
            for signature in [signature, ""] {
                let token = format!("{header}.{payload}.{signature}");
                assert_eq!(tokens.verify(&token, NOW).unwrap_err(), AuthError::Unauthenticated, "{algorithm}");
            }
        }
        for garbage in ["", ".", "..", "a.b.c", &"x".repeat(10_000)] {
            assert!(tokens.verify(garbage, NOW).is_err());
        }
    }
}
