//! A real SMTP server (`tests/peer/smtp/server.py`), when Python with aiosmtpd is there.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

pub(crate) struct MailServer {
    child: Child,
    dir: TempDir,
    pub(crate) port: u16,
}

impl MailServer {
    /// `None` when the part is not on this machine, after saying so; a failure where everything is required.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let python = std::env::var("WATCHKEEPER_TEST_SMTP_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let there = Command::new(&python).args(["-c", "import aiosmtpd, cryptography"]).stderr(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            let required = std::env::var("WATCHKEEPER_REQUIRE_ALL").is_ok_and(|value| value == "1");
            assert!(!required, "no SMTP server: {python} has no aiosmtpd (tests/peer/smtp/requirements.txt)");
            println!("skipped: no SMTP server (python3 with aiosmtpd)");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/peer/smtp/server.py");
        let mut child = Command::new(&python)
            .arg(script)
            .args([dir.path().join("box"), dir.path().join("ca.pem")])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| panic!("the SMTP server did not start: {line:?}"));
        Some(Self { child, dir, port })
    }

    /// PEM of the authority behind its certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Everything kept so far, in order.
    pub(crate) fn mails(&self) -> Vec<String> {
        let mut paths: Vec<_> = std::fs::read_dir(self.dir.path().join("box"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        paths.sort();
        paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).replace("\r\n", "\n")).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A header's value, unfolded; empty when absent.
pub(crate) fn header(mail: &str, name: &str) -> String {
    let unfolded = mail.replace("\n ", " ").replace("\n\t", " ");
    let head = unfolded.split("\n\n").next().unwrap_or_default();
    let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.unwrap_or_default().to_owned()
}

/// The mail with its quoted-printable bodies decoded, as a mail program would show them.
pub(crate) fn readable(mail: &str) -> String {
    let joined = mail.replace("=\n", "");
    let mut parts = joined.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => bytes.extend([&[byte], &part.as_bytes()[2..]].concat()),
            None => bytes.extend([b"=", part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
