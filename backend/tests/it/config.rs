//! The keys an operator sees are the keys the server reads.

use std::collections::BTreeSet;

use watchkeeper::config::{KEYS, table};

use crate::support::TestApp;

#[test]
fn the_example_file_has_exactly_the_keys_that_are_read() {
    let text = include_str!("../../../.env.example");
    let shown: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix('#').unwrap_or(line).split_once('='))
        .map(|(key, _)| key)
        .filter(|key| key.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
        .collect();
    let read: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(shown, read);
}

#[test]
fn the_example_file_shows_the_defaults() {
    let text = include_str!("../../../.env.example");
    for key in KEYS {
        let line = format!("#{}={}", key.name, key.default);
        assert!(text.lines().any(|shown| shown == line), "{line}");
    }
}

#[test]
fn the_table_documents_every_key() {
    let table = table();
    for key in KEYS {
        assert!(table.contains(&format!("| `{}` |", key.name)), "{}", key.name);
    }
}

#[test]
fn the_page_about_configuration_is_true() {
    assert!(include_str!("../../../docs/configuration.md").ends_with(&table()));
}

#[tokio::test]
async fn the_first_start_makes_secrets_only_its_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let app = TestApp::start().await;
    let file = std::fs::metadata(app.dir.path().join("data/secrets.toml")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}
