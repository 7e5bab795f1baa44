//! Sees to it that the server embeds the dashboard that stands in `frontend/dist`, also one that was built after the server.

const DIST: &str = "../frontend/dist";

fn main() -> std::io::Result<()> {
    // A directory that is not there could not be watched.
    std::fs::create_dir_all(DIST)?;
    // A debug build reads the files when it is asked for them.
    let debug = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    println!("cargo::rerun-if-changed={}", if debug { "build.rs" } else { DIST });
    Ok(())
}
