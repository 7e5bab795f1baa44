//! Secrets the server makes for itself on first start: `DATA_DIR/secrets.toml`, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::keys::Settings;

/// What signs tokens, seals stored receiver secrets and lets Prometheus read the target list.
#[derive(Debug, Clone)]
pub struct Secrets {
    pub jwt: SecretString,
    pub sealing: SecretString,
    pub sd_token: SecretString,
}

/// Why the secrets cannot be had; one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: {problem}", path.display())]
    Unreadable { path: PathBuf, problem: &'static str },
}

/// As kept in the file; all fields are made together.
#[derive(Serialize, Deserialize)]
struct Stored {
    jwt_secret_key: String,
    sealing_key: String,
    sd_token: String,
}

impl Secrets {
    /// Configured values where given; the file's otherwise, which is made when it is not there.
    ///
    /// # Errors
    /// [`SecretsError`] when the file cannot be made, read or understood.
    pub fn open(settings: &Settings) -> Result<Self, SecretsError> {
        let configured = (
            settings.security.jwt_secret_key.clone(),
            settings.security.sealing_key.clone(),
            settings.prometheus.sd_token.clone(),
        );
        if let (Some(jwt), Some(sealing), Some(sd_token)) = configured {
            return Ok(Self { jwt, sealing, sd_token });
        }
        let stored = read_or_make(&settings.server.data_dir)?;
        Ok(Self {
            jwt: configured.0.unwrap_or_else(|| stored.jwt_secret_key.into()),
            sealing: configured.1.unwrap_or_else(|| stored.sealing_key.into()),
            sd_token: configured.2.unwrap_or_else(|| stored.sd_token.into()),
        })
    }

    /// Bytes that tokens are signed with.
    #[must_use]
    pub fn jwt_bytes(&self) -> &[u8] {
        self.jwt.expose_secret().as_bytes()
    }
}

fn read_or_make(dir: &Path) -> Result<Stored, SecretsError> {
    let path = dir.join("secrets.toml");
    let io = |source| SecretsError::Io { path: path.clone(), source };
    fs::create_dir_all(dir).map_err(|source| SecretsError::Io { path: dir.to_owned(), source })?;
    if !path.exists() {
        make(dir, &path).map_err(io)?;
    }
    let mode = fs::metadata(&path).map_err(io)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(io)?;
    }
    let text = fs::read_to_string(&path).map_err(io)?;
    config::Config::builder()
        .add_source(config::File::from_str(&text, config::FileFormat::Toml))
        .build()
        .and_then(config::Config::try_deserialize)
        .map_err(|_error| SecretsError::Unreadable {
            path: path.clone(),
            problem: "is not the file this server made; restore it from a backup, or remove it to sign everyone out",
        })
}

/// Written aside and linked into place, so that two servers starting at once agree on one file.
fn make(dir: &Path, path: &Path) -> std::io::Result<()> {
    let draft = dir.join(format!(".secrets.{}", random_text()));
    let text = format!(
        "# Made by Watchkeeper on first start. Whoever reads this can sign in as anyone.\n\
         jwt_secret_key = \"{}\"\nsealing_key = \"{}\"\nsd_token = \"{}\"\n",
        random_text(),
        random_text(),
        random_text()
    );
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// 256 random bits as text.
fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_private_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::from_pairs([("DATA_DIR", dir.path().to_str().unwrap())]).unwrap();
        let first = Secrets::open(&settings).unwrap();
        let second = Secrets::open(&settings).unwrap();
        assert_eq!(first.jwt_bytes(), second.jwt_bytes());
        assert_eq!(first.jwt_bytes().len(), 43);
        let file = fs::metadata(dir.path().join("secrets.toml")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_damaged_file_stops_the_start_and_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("secrets.toml"), "jwt_secret_key = 1").unwrap();
        let settings = Settings::from_pairs([("DATA_DIR", dir.path().to_str().unwrap())]).unwrap();
        assert!(matches!(Secrets::open(&settings), Err(SecretsError::Unreadable { .. })));
    }
}
