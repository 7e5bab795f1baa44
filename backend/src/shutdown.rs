//! When to stop: a signal, or whoever holds the token.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Resolves on SIGTERM, SIGINT, or when `stop` is cancelled; says which.
pub async fn requested(stop: &CancellationToken) -> &'static str {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be received; only the program itself can stop the server");
        stop.cancelled().await;
        return "the program";
    };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
        () = stop.cancelled() => "the program",
    }
}
