//! A MongoDB that cannot be used is refused in one line, and no credential is ever in it.

use std::net::TcpListener;

use watchkeeper_docstore::{Settings, StoreError, open};

use crate::support::mongo_settings;

async fn refusal(uri: &str) -> String {
    let settings = Settings::Mongo { uri: uri.to_owned().into(), database: None };
    assert!(!format!("{settings:?}").contains("hunter2"));
    match open(&settings).await {
        Err(StoreError::Startup(line)) => {
            assert!(!line.contains("hunter2") && !line.contains('\n') && line.len() < 300, "{line}");
            line
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_server() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let started = std::time::Instant::now();
    let line = refusal(&format!("mongodb://root:hunter2@127.0.0.1:{port}/x")).await;
    assert!(line.contains(&format!("127.0.0.1:{port}")) && line.contains("no server answers"), "{line}");
    assert!(started.elapsed().as_secs() < 8);
}

#[tokio::test]
async fn not_a_connection_string() {
    for uri in [
        "",
        "hunter2",
        "http://root:hunter2@localhost/",
        "mongodb://root:hunter2@",
        "mongodb://root:hunt/er2:hunter2@h/",
    ] {
        let line = refusal(uri).await;
        assert!(line.contains("MONGO_URI"), "{line}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_something_else() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    // Accepts, says nothing; ends with the test's process.
    std::thread::spawn(move || server.incoming().map_while(Result::ok).collect::<Vec<_>>());
    let line = refusal(&format!("mongodb://127.0.0.1:{port}/?serverSelectionTimeoutMS=500")).await;
    assert!(line.contains("no server answers"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_a_ping() {
    let Some(settings) = mongo_settings() else { return };
    open(&settings).await.unwrap().ping().await.unwrap();
}
