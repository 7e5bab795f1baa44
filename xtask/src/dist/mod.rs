//! `cargo xtask dist`: the dashboard as files that the server embeds.
//!
//! Compiles `frontend/` to WebAssembly, lets wasm-bindgen (as a library, so there is no tool to install) write its loader,
//! names every file after its content, and leaves a `.br` and a `.gz` beside each. `frontend/dist` is replaced whole, and only
//! when an input changed.

mod names;
mod page;
mod stamp;
mod wasm;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::sh;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Build unoptimised and uncompressed: quick to build, large to load
    #[arg(long)]
    debug: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// What the bundle should take at most, compressed.
const AIM: usize = 300_000;

/// What stands in `frontend/dist`.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) assets: Vec<Asset>,
}

/// One file of the bundle and its sizes in bytes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Asset {
    /// Path below `frontend/dist`, with `/`.
    pub(crate) path: String,
    pub(crate) raw: usize,
    /// Zero in a debug build, which is not compressed.
    pub(crate) brotli: usize,
}

impl Summary {
    /// Brotli bytes of everything a browser fetches before the first page stands.
    pub(crate) fn brotli(&self) -> usize {
        self.assets.iter().filter(|asset| asset.path.starts_with("assets/")).map(|asset| asset.brotli).sum()
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let summary = build(if args.debug { Profile::Debug } else { Profile::Release })?;
    for asset in &summary.assets {
        sh::say(&format!("{:>9} bytes  {:>8} brotli  {}", asset.raw, asset.brotli, asset.path));
    }
    let all = summary.brotli();
    let left = if all > AIM { format!("{} over", all - AIM) } else { format!("{} left", AIM - all) };
    sh::say(&format!("{all} bytes brotli in all (wasm, js, css); the aim is {AIM}: {left}"));
    Ok(())
}

/// Makes `frontend/dist` stand for the sources as they are.
pub(crate) fn build(profile: Profile) -> Result<Summary> {
    let root = sh::root();
    let dist = root.join("frontend/dist");
    let inputs = stamp::inputs(&root, profile)?;
    if let Some(assets) = stamp::read(&target_dir(), &dist, &inputs) {
        sh::say("the dashboard is up to date");
        return Ok(Summary { assets });
    }
    sh::say("building the dashboard");
    let bundle = wasm::bundle(profile)?;
    let files = page::files(&root.join("frontend"), bundle)?;
    let assets = write(&dist, &files, profile)?;
    stamp::write(&target_dir(), &inputs, &assets)?;
    Ok(Summary { assets })
}

/// Cargo in the dashboard's own workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = sh::cargo(args);
    cargo.current_dir(sh::root().join("frontend")).env("CARGO_TARGET_DIR", target_dir());
    cargo
}

/// Where cargo puts the dashboard's build: never the server's own target directory, whose lock may be held.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| sh::root().join("target"), PathBuf::from).join("frontend")
}

/// One file to be written: where below `dist`, and what.
struct File {
    path: String,
    bytes: Vec<u8>,
}

impl File {
    /// A file that may be cached forever, because its name changes with its content.
    fn hashed(stem: &str, extension: &str, bytes: Vec<u8>) -> Self {
        let digest = hex(Sha256::digest(&bytes).as_slice());
        let hash: String = digest.chars().take(16).collect();
        Self { path: format!("assets/{stem}-{hash}.{extension}"), bytes }
    }

    /// Its address in a page.
    fn url(&self) -> String {
        format!("/{}", self.path)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside the old bundle and swaps, so that a broken build leaves the old one standing.
fn write(dist: &Path, files: &[File], profile: Profile) -> Result<Vec<Asset>> {
    let next = dist.with_extension("next");
    remove(&next)?;
    let mut assets = Vec::with_capacity(files.len());
    for file in files {
        let path = next.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&path, &file.bytes).with_context(|| format!("could not write {}", path.display()))?;
        let brotli = if profile == Profile::Release { compress(&path, &file.bytes)? } else { 0 };
        assets.push(Asset { path: file.path.clone(), raw: file.bytes.len(), brotli });
    }
    remove(dist)?;
    fs::rename(&next, dist).context("could not put the new dashboard in place")?;
    Ok(assets)
}

fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("could not remove {}", dir.display()))?;
    }
    Ok(())
}

/// Leaves `path.br` and `path.gz`; hands back the size of the first.
fn compress(path: &Path, bytes: &[u8]) -> Result<usize> {
    let mut br = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut br, 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    writer.flush()?;
    drop(writer);
    fs::write(with_suffix(path, ".br"), &br)?;

    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    fs::write(with_suffix(path, ".gz"), writer.finish()?)?;
    Ok(br.len())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
