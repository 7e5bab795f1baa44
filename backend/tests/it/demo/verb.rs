//! `watchkeeper demo`, as somebody starts it who has just unpacked the binary: signed in to, watched, and ended by a signal.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::json;

use super::{DEPENDENCY, PATH, items, text};
use crate::support::client_at;
use crate::support::parts::eventually;

/// The binary, killed and reaped when dropped, and what it says.
struct Show {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Show {
    /// Everything it leaves lies in `dir`.
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_watchkeeper"))
            .args(["demo", "--scenario", DEPENDENCY.scenario])
            .current_dir(dir)
            .env_clear()
            .env("TMPDIR", dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Self { child, said }
    }

    /// The rest of the next line that begins like this.
    fn line(&mut self, begins: &str) -> String {
        let mut line = String::new();
        while self.said.read_line(&mut line).unwrap() > 0 {
            if let Some(rest) = line.strip_prefix(begins) {
                return rest.trim_end().to_owned();
            }
            line.clear();
        }
        panic!("it ended without saying: {begins}");
    }

    async fn terminated(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status().unwrap().success());
        let ended = parking_lot::Mutex::new(&mut self.child);
        eventually("the end of the process", || async {
            ended.lock().try_wait().unwrap().ok_or_else(|| "it runs".to_owned())
        })
        .await
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn the_verb_serves_a_playing_demo_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut show = Show::start(dir.path());
    let place = show.line("Watchkeeper is at ");
    let base = place.strip_suffix("/app/demo").expect("the demo's page");
    let credentials = show.line("Sign in as ");
    let (email, password) = credentials.split_once(" with the password ").expect("a way in");

    let mut client = client_at(base);
    client.log_in(json!({ "email": email, "password": password })).await.expect(200);
    let minute = async || {
        let run = client.get(PATH).await.expect(200).json()["run"].clone();
        assert_eq!(
            (text(&run["scenario"]), text(&run["state"])),
            (DEPENDENCY.scenario.to_owned(), "playing".to_owned())
        );
        run["minute"].as_u64().unwrap()
    };
    let first = minute().await;
    eventually("two minutes more", || async {
        let now = minute().await;
        if now >= first + 2 { Ok(()) } else { Err(now.to_string()) }
    })
    .await;
    assert!(items(&client.looking_at_demo(), "/api/v1/batches").await.len() > 2);

    let status = show.terminated().await;
    let (mut told, mut errors) = (String::new(), String::new());
    show.said.read_to_string(&mut told).unwrap();
    show.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert!(status.success(), "{status}: {errors}");
    assert!(told.contains("shop-api on api-1 answers 42 requests a second"), "{told}");
    assert_eq!(errors, "");
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}
