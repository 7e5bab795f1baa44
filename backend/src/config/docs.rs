//! What the table of keys becomes for people: flags, the printed table and "did you mean".

use clap::{Arg, ArgMatches, Command};

use super::keys::{KEYS, Key};

/// Prefixes of names in the environment that are almost certainly meant for us.
const PREFIXES: &[&str] = &[
    "SMTP_",
    "LANGFUSE_",
    "OPENAI_",
    "OPENROUTER_",
    "LLM_",
    "PROM_",
    "MONGO_",
    "BATCH_",
    "JWT_",
    "SCHEDULER_",
    "CORS_",
];

fn flag_name(key: &Key) -> String {
    key.name.to_ascii_lowercase().replace('_', "-")
}

/// Adds one flag per key that is not a secret, and `--config`.
#[must_use]
pub fn flags(command: Command) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .global(true)
        .help("TOML file with any of the keys [default: watchkeeper.toml when it is there]");
    KEYS.iter().filter(|key| !key.secret).fold(command.arg(file), |command, key| {
        command.arg(
            Arg::new(key.name)
                .long(flag_name(key))
                .value_name(key.name)
                .global(true)
                .help_heading(key.section)
                .hide_short_help(true)
                .help(describe(key)),
        )
    })
}

pub(super) fn flag_value<'a>(matches: &'a ArgMatches, key: &Key) -> Option<&'a str> {
    if key.secret {
        return None;
    }
    matches.get_one::<String>(key.name).map(String::as_str)
}

fn describe(key: &Key) -> String {
    let mut text = format!("{} ({})", key.help.trim(), key.allowed);
    if !key.default.is_empty() {
        text.push_str(&format!(" [default: {}]", key.default));
    }
    text
}

/// The documented table, in Markdown.
#[must_use]
pub fn table() -> String {
    let mut out = String::from("| Key | Default | Meaning | Allowed |\n|---|---|---|---|\n");
    for key in KEYS {
        let default = if key.default.is_empty() { "–".to_owned() } else { format!("`{}`", key.default) };
        out.push_str(&format!("| `{}` | {default} | {} | {} |\n", key.name, key.help.trim(), key.allowed));
    }
    out
}

pub(super) fn resembles_key(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The known key that a typing error is likely to have meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    KEYS.iter()
        .map(|key| (distance(name, key.name), key.name))
        .min()
        .filter(|(edits, _)| *edits <= 4 && *edits * 2 < name.len())
        .map(|(_, known)| known)
}

/// Levenshtein's edit distance (V. I. Levenshtein, 1966), by rows.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let next = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distances_are_those_of_the_textbook() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn every_key_is_declared_once_and_documented() {
        for (i, key) in KEYS.iter().enumerate() {
            assert!(!key.help.trim().is_empty() && !key.allowed.is_empty(), "{}", key.name);
            assert!(KEYS.iter().skip(i + 1).all(|other| other.name != key.name), "{} twice", key.name);
        }
    }
}
