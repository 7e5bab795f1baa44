//! Where values come from, and in which order they win.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ArgMatches;

use super::keys::{KEYS, Settings};
use super::values::Setting;
use super::{ConfigError, check, docs};

/// Read when it is there and `--config` names no other.
const DEFAULT_FILE: &str = "watchkeeper.toml";
const DOTENV_FILE: &str = ".env";

/// Settings, and what the operator should hear about once logging works.
#[derive(Debug)]
pub struct Loaded {
    pub settings: Settings,
    pub warnings: Vec<String>,
}

/// Reads all sources; later ones win: defaults, TOML file, `.env`, environment, flags.
///
/// # Errors
/// [`ConfigError`]: one line for the operator.
pub fn load(matches: &ArgMatches) -> Result<Loaded, ConfigError> {
    let mut values = Values::default();
    let mut warnings = Vec::new();
    let named = matches.get_one::<String>("config").map(String::as_str);
    if let Some(text) = read_file(named.unwrap_or(DEFAULT_FILE), named.is_some())? {
        values.add_toml(&text, named.unwrap_or(DEFAULT_FILE), &mut warnings)?;
    }
    values.add_dotenv(Path::new(DOTENV_FILE), &mut warnings)?;
    values.add_environment(std::env::vars_os(), &mut warnings);
    for key in KEYS {
        if let Some(value) = docs::flag_value(matches, key) {
            values.set(key.name, value, "flag");
        }
    }
    Ok(Loaded { settings: values.finish()?, warnings })
}

fn read_file(path: &str, must_exist: bool) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => Ok(None),
        Err(error) => Err(ConfigError::File { file: path.to_owned(), problem: error.to_string() }),
    }
}

/// Texts by key, each with where it came from.
#[derive(Debug, Default)]
pub(super) struct Values(BTreeMap<String, (String, String)>);

impl Values {
    pub(super) fn set(&mut self, key: &str, value: &str, origin: &str) {
        self.0.insert(key.to_owned(), (value.trim().to_owned(), origin.to_owned()));
    }

    /// The value of one key, or its default.
    pub(super) fn parse<T: Setting>(&self, key: &'static str, default: &str) -> Result<T, ConfigError> {
        let given = self.0.get(key).filter(|(text, _)| !text.is_empty());
        let (text, origin) = given.map_or((default, "default"), |(text, origin)| (text, origin));
        T::parse(text).map_err(|problem| ConfigError::Invalid {
            key,
            origin: origin.to_owned(),
            problem: if T::SECRET { format!("the value {problem}") } else { format!("{text:?} {problem}") },
            allowed: T::ALLOWED,
        })
    }

    pub(super) fn finish(&self) -> Result<Settings, ConfigError> {
        let settings = Settings::read(self)?;
        check::together(&settings)?;
        Ok(settings)
    }

    /// Flat keys in either case, or tables: `[smtp] host` is `SMTP_HOST`.
    fn add_toml(&mut self, text: &str, file: &str, warnings: &mut Vec<String>) -> Result<(), ConfigError> {
        let invalid = |error: config::ConfigError| ConfigError::File {
            file: file.to_owned(),
            problem: error.to_string().replace('\n', " "),
        };
        let source = config::File::from_str(text, config::FileFormat::Toml);
        let parsed = config::Config::builder().add_source(source).build().map_err(invalid)?;
        let table = parsed.try_deserialize::<BTreeMap<String, config::Value>>().map_err(invalid)?;
        for (key, value) in table {
            self.add_entry(&key.to_ascii_uppercase(), value, file, warnings)?;
        }
        Ok(())
    }

    fn add_entry(
        &mut self,
        key: &str,
        value: config::Value,
        file: &str,
        warnings: &mut Vec<String>,
    ) -> Result<(), ConfigError> {
        use config::ValueKind::{Array, Table};
        let text = match value.kind {
            Table(table) => {
                for (inner, value) in table {
                    self.add_entry(&format!("{key}_{}", inner.to_ascii_uppercase()), value, file, warnings)?;
                }
                return Ok(());
            }
            Array(parts) => parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
            scalar => scalar.to_string(),
        };
        self.add_known(key, &text, file, warnings);
        Ok(())
    }

    fn add_dotenv(&mut self, path: &Path, warnings: &mut Vec<String>) -> Result<(), ConfigError> {
        let invalid = |error: dotenvy::Error| ConfigError::File {
            file: path.display().to_string(),
            problem: match error {
                // Its own message repeats the whole line, which may hold a secret.
                dotenvy::Error::LineParse(_, column) => format!("a line is not KEY=value (at column {column})"),
                other => other.to_string(),
            },
        };
        let lines = match dotenvy::from_path_iter(path) {
            Ok(lines) => lines,
            Err(error) if error.not_found() => return Ok(()),
            Err(error) => return Err(invalid(error)),
        };
        for line in lines {
            let (key, value) = line.map_err(invalid)?;
            self.add_known(&key, &value, DOTENV_FILE, warnings);
        }
        Ok(())
    }

    /// The environment holds much that is not ours: only names that resemble a key are warned about.
    fn add_environment(
        &mut self,
        vars: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
        warnings: &mut Vec<String>,
    ) {
        for (key, value) in vars {
            let (Some(key), Some(value)) = (key.to_str(), value.to_str()) else { continue };
            if is_known(key) || docs::resembles_key(key) {
                self.add_known(key, value, "environment", warnings);
            }
        }
    }

    fn add_known(&mut self, key: &str, value: &str, origin: &str, warnings: &mut Vec<String>) {
        if is_known(key) {
            self.set(key, value, origin);
            return;
        }
        let hint = docs::nearest(key).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        warnings.push(format!("unknown key {key} ({origin}) is ignored{hint}"));
    }
}

fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| known.name == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(text: &str) -> (Values, Vec<String>) {
        let mut values = Values::default();
        let mut warnings = Vec::new();
        values.add_toml(text, "watchkeeper.toml", &mut warnings).unwrap();
        (values, warnings)
    }

    #[test]
    fn tables_and_flat_keys_name_the_same() {
        let (values, warnings) =
            toml("port = 9000\n[smtp]\nhost = \"mail.example.com\"\nport = 2525\nfrom = \"wk@example.com\"\n");
        assert_eq!(warnings, Vec::<String>::new());
        let settings = values.finish().unwrap();
        assert_eq!(settings.http.port, 9000);
        assert_eq!(settings.smtp.host.as_deref(), Some("mail.example.com"));
        assert_eq!(settings.smtp.port, 2525);
    }

    #[test]
    fn an_unknown_key_is_warned_about_with_the_nearest_name() {
        let (_, warnings) = toml("SMTP_PASSWRD = \"x\"\n");
        assert_eq!(warnings, ["unknown key SMTP_PASSWRD (watchkeeper.toml) is ignored; did you mean SMTP_PASSWORD?"]);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let (mut values, mut warnings) = toml("PORT = 9000\n");
        values.add_environment([("PORT".into(), "9001".into())].into_iter(), &mut warnings);
        values.add_environment([("PATH".into(), "/bin".into())].into_iter(), &mut warnings);
        assert_eq!(values.finish().unwrap().http.port, 9001);
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}
