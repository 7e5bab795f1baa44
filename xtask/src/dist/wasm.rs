//! From Rust to WebAssembly and its loader.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::{Bindgen, Output};

use super::names::Names;
use super::{Profile, target_dir};
use crate::sh;

const TARGET: &str = "wasm32-unknown-unknown";
const CRATE: &str = "watchkeeper-dashboard";

/// The compiled dashboard and the script that instantiates it.
pub(super) struct Bundle {
    pub(super) wasm: Vec<u8>,
    pub(super) js: String,
    /// Scripts that dependencies bring, under the paths by which the loader imports them.
    pub(super) snippets: Vec<(String, String)>,
}

pub(super) fn bundle(profile: Profile) -> Result<Bundle> {
    ensure_target()?;
    compile(profile)?;
    let directory = match profile {
        Profile::Debug => "debug",
        Profile::Release => "release",
    };
    let compiled = target_dir().join(TARGET).join(directory).join(format!("{CRATE}.wasm"));
    let mut output = Bindgen::new()
        .input_path(&compiled)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(profile == Profile::Release)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("wasm-bindgen could not read {}", compiled.display()))?;
    let js = output.js().to_owned();
    let snippets = snippets(&output, &js);
    let module = output.wasm_mut();
    let mut names = Names::default();
    if profile == Profile::Release {
        module.imports.iter_mut().for_each(|import| names.shorten(&mut import.name));
        module.exports.iter_mut().for_each(|export| names.shorten(&mut export.name));
    }
    Ok(Bundle { js: names.applied_to(&js), snippets, wasm: module.emit_wasm() })
}

/// Those the loader asks for; their directory's name changes with the crate they come from.
fn snippets(output: &Output, js: &str) -> Vec<(String, String)> {
    let inline = output.snippets().iter().flat_map(|(of, list)| {
        list.iter().enumerate().map(move |(index, text)| (format!("snippets/{of}/inline{index}.js"), text.clone()))
    });
    let files = output.local_modules().iter().map(|(path, text)| (format!("snippets/{path}"), text.clone()));
    let mut wanted: Vec<_> = inline.chain(files).filter(|(path, _)| js.contains(path.as_str())).collect();
    wanted.sort();
    wanted
}

fn compile(profile: Profile) -> Result<()> {
    let mut cargo = super::cargo(&["build", "--locked", "--target", TARGET]);
    // Flags meant for the server's machine code do not fit WebAssembly.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    if profile == Profile::Release {
        cargo.arg("--release").arg("--config").arg(sources_renamed()?);
    }
    sh::run(&mut cargo)
}

/// A setting by which panic messages name the sources of dependencies without the place where this machine keeps them: what a
/// browser loads says nothing of who built it, and is the same from everywhere.
fn sources_renamed() -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).context("no home directory")?;
    let mut flags = vec![format!("--remap-path-prefix={}=", sh::root().join("frontend").display())];
    // Without registry sources there is nothing to rename.
    let registries = std::fs::read_dir(home.join("registry/src")).into_iter().flatten();
    for registry in registries {
        flags.push(format!("--remap-path-prefix={}=", registry?.path().display()));
    }
    let printed = sh::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(sh::root()))?;
    let sysroot = String::from_utf8(printed.stdout).context("rustc printed a path that is not text")?;
    flags.push(format!("--remap-path-prefix={}/lib/rustlib/src/rust=/rustc", sysroot.trim()));
    Ok(format!("target.{TARGET}.rustflags={}", serde_json::to_string(&flags)?))
}

/// Adds the compiler's WebAssembly target where it is missing.
fn ensure_target() -> Result<()> {
    let mut rustc = Command::new("rustc");
    let printed = sh::output(rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(sh::root()))?;
    let libdir = String::from_utf8(printed.stdout).context("rustc printed a path that is not text")?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    if sh::which("rustup").is_none() {
        bail!("the compiler has no {TARGET} target and there is no rustup to add it: install that target of your Rust");
    }
    sh::say(&format!("adding the compiler's {TARGET} target"));
    sh::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(sh::root()))
}
