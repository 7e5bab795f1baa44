//! Accounts, sessions and API keys on the wire.

use crate::time::Timestamp;
use crate::{wire, words};

words! {
    KeyScope { Read = "read", Write = "write", Ingest = "ingest" }
}

wire! {
    pub struct Register { pub username: String, pub email: String, pub password: String }

    /// `email` or `username`, and the password.
    pub struct Login {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
        pub password: String,
    }

    /// Sign-in, registration and refresh answer with this; the refresh token travels in an HttpOnly cookie.
    pub struct SignedIn {
        pub access_token: String,
        /// `Bearer`
        pub token_type: String,
        /// Seconds until the access token ends.
        pub expires_in: u64,
        pub user: Me,
    }

    pub struct Me {
        pub id: String,
        pub username: String,
        pub email: String,
        /// IANA zone name.
        pub time_zone: String,
        pub created_at: Timestamp,
    }

    /// `PATCH /auth/me`; absent fields stay.
    #[serde(deny_unknown_fields)]
    pub struct UpdateMe {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub username: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub time_zone: Option<String>,
        /// Needed with a new `username` or `email`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub current_password: Option<String>,
    }

    /// `PUT /auth/password`
    #[serde(deny_unknown_fields)]
    pub struct ChangePassword { pub current_password: String, pub new_password: String }

    /// `DELETE /account`: the user name, typed to confirm, and the password.
    #[serde(deny_unknown_fields)]
    pub struct DeleteAccount { pub username: String, pub password: String }

    pub struct SessionView {
        pub id: String,
        /// What the browser calls itself, in few words.
        pub device: String,
        pub user_agent: String,
        pub address: String,
        pub created_at: Timestamp,
        pub last_used_at: Timestamp,
        pub expires_at: Timestamp,
        /// The session of this very request.
        pub current: bool,
    }

    #[serde(deny_unknown_fields)]
    pub struct CreateApiKey { pub name: String, pub scopes: Vec<KeyScope> }

    pub struct ApiKeyView {
        pub id: String,
        pub name: String,
        /// First characters of the secret.
        pub hint: String,
        pub scopes: Vec<KeyScope>,
        pub created_at: Timestamp,
        pub last_used_at: Option<Timestamp>,
    }

    /// The secret is shown once, here.
    pub struct CreatedApiKey { pub key: ApiKeyView, pub secret: String }
}
