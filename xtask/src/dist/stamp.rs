//! Knowing that nothing changed: one hash over every input of the bundle, kept beside the build.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Asset, Profile, hex};

/// Files and directories that the bundle is made of, below the repository's root.
const INPUTS: &[&str] = &[
    "frontend/markup",
    "frontend/src",
    "frontend/style",
    "frontend/static",
    "frontend/index.html",
    "frontend/Cargo.toml",
    "frontend/Cargo.lock",
    "common/src",
    "common/Cargo.toml",
    "xtask/src/dist",
    "rust-toolchain.toml",
];

#[derive(Serialize, Deserialize)]
struct Stamp {
    inputs: String,
    assets: Vec<Asset>,
}

/// The hash of every input, its path and the profile.
pub(super) fn inputs(root: &Path, profile: Profile) -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root.join(input), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    hash.update(format!("{profile:?}"));
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        hash.update(format!("\0{name}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    Ok(hex(hash.finalize().as_slice()))
}

/// The bundle's files when they were made from these inputs and all still stand.
pub(super) fn read(target: &Path, dist: &Path, inputs: &str) -> Option<Vec<Asset>> {
    let stamp: Stamp = serde_json::from_slice(&fs::read(path(target)).ok()?).ok()?;
    let stands = stamp.assets.iter().all(|asset| dist.join(&asset.path).is_file());
    (stamp.inputs == inputs && stands).then_some(stamp.assets)
}

pub(super) fn write(target: &Path, inputs: &str, assets: &[Asset]) -> Result<()> {
    fs::create_dir_all(target)?;
    let stamp = Stamp { inputs: inputs.to_owned(), assets: assets.to_vec() };
    fs::write(path(target), serde_json::to_vec(&stamp)?).context("could not write the dashboard's stamp")
}

fn path(target: &Path) -> PathBuf {
    target.join("dist.stamp.json")
}

fn collect(path: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        into.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), into)?;
    }
    Ok(())
}
