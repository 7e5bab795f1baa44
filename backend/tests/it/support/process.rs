//! The server as a process of its own: what a crash test kills.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use watchkeeper::auth::install_crypto;

use super::parts::eventually;

/// The binary under test, killed (SIGKILL) and reaped when dropped.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) base: String,
}

impl ServerProcess {
    /// Starts it on this port with this data directory and waits until it answers.
    pub(crate) async fn start(port: u16, dir: &Path, settings: &[(&str, &str)]) -> Self {
        install_crypto();
        let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
        let log =
            std::fs::File::options().create(true).append(true).open(dir.join(format!("server-{port}.log"))).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchkeeper"));
        command
            .arg("serve")
            .current_dir(dir)
            .env_clear()
            .envs([("PORT", port.to_string()), ("DATA_DIR", path("data")), ("TARGETS_DIR", path("targets"))])
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let server = Self { child: command.spawn().unwrap(), base: format!("http://127.0.0.1:{port}") };
        let health = format!("{}/health", server.base);
        eventually("a server that answers", || async {
            reqwest::get(&health).await.map(drop).map_err(|error| error.to_string())
        })
        .await;
        server
    }

    /// SIGKILL: no drain, no destructors.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
