//! The shape of the code itself: who may import whom, how long a file may be, what every module says first.

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 400;

/// A layer of the server and what it must not import.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("auth", &["crate::http", "crate::jobs", "crate::services", "crate::app", "actix_web"]),
    ("store", &["crate::http", "crate::jobs", "crate::services", "crate::app", "actix_web", "rusqlite", "mongodb"]),
    (
        "services",
        &["crate::http", "crate::jobs", "crate::app", "actix_web", "rusqlite", "mongodb", "watchkeeper_docstore"],
    ),
    ("jobs", &["crate::http", "crate::app", "actix_web", "rusqlite", "mongodb", "watchkeeper_docstore"]),
    ("http", &["crate::jobs", "crate::app", "rusqlite", "mongodb", "watchkeeper_docstore", "watchkeeper_clients"]),
    (
        "config",
        &["crate::auth", "crate::http", "crate::jobs", "crate::services", "crate::store", "crate::app", "actix_web"],
    ),
];
const DOMAIN_FORBIDDEN: &[&str] =
    &["actix_web", "mongodb", "rusqlite", "reqwest", "tokio", "std::time::SystemTime", "Timestamp::now", "rand::"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Every file of the project with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let dirs = ["backend", "common", "xtask", "frontend", "agent"];
    let files: Vec<PathBuf> = dirs.iter().flat_map(|dir| rust_files(&root().join(dir))).collect();
    assert!(files.len() > 50, "the walk found only {} files", files.len());
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[track_caller]
fn none(offences: &[String]) {
    assert!(offences.is_empty(), "\n{}", offences.join("\n"));
}

#[test]
fn every_module_says_what_it_is() {
    let silent = |(_, text): &(PathBuf, String)| !text.starts_with("//!");
    none(&sources().into_iter().filter(silent).map(|(path, _)| path.display().to_string()).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let long = |(path, text): (PathBuf, String)| {
        let lines = text.lines().count();
        (lines > LONGEST_FILE).then(|| format!("{}: {lines} lines", path.display()))
    };
    none(&sources().into_iter().filter_map(long).collect::<Vec<_>>());
}

#[test]
fn exceptions_carry_a_reason() {
    let bare = concat!("allow", "(");
    let offends = |line: &str| line.trim_start().starts_with("#") && line.contains(bare);
    let found = |(path, text): (PathBuf, String)| {
        text.lines().any(offends).then(|| format!("{}: use expect with a reason", path.display()))
    };
    none(&sources().into_iter().filter_map(found).collect::<Vec<_>>());
}

#[test]
fn layers_import_downwards_only() {
    let mut offences = Vec::new();
    for (layer, forbidden) in FORBIDDEN {
        for path in rust_files(&root().join("backend/src").join(layer)) {
            let text = fs::read_to_string(&path).unwrap();
            for name in *forbidden {
                let uses = |line: &str| !line.trim_start().starts_with("//") && line.contains(name);
                if text.lines().any(uses) {
                    offences.push(format!("{} uses {name}", path.display()));
                }
            }
        }
    }
    none(&offences);
}

#[test]
fn the_domain_is_pure() {
    let mut offences = Vec::new();
    for path in rust_files(&root().join("backend/domain/src")) {
        let text = fs::read_to_string(&path).unwrap();
        for name in DOMAIN_FORBIDDEN {
            let uses = |line: &str| !line.trim_start().starts_with("//") && line.contains(name);
            if text.lines().any(uses) {
                offences.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    none(&offences);
}

#[test]
fn only_auth_mints_scopes() {
    let mint = concat!("TenantScope::", "new(");
    let outside = |(path, text): (PathBuf, String)| {
        (!path.starts_with(root().join("backend/src/auth")) && text.contains(mint)).then(|| path.display().to_string())
    };
    none(&sources().into_iter().filter_map(outside).collect::<Vec<_>>());
}
