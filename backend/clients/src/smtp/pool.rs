//! Idle connections, few and short-lived.
//!
//! A connection comes back only after a message was accepted on it. One whose send failed, timed out or was dropped half-way
//! is never seen again: its next command could be read as part of the last message.

use std::time::{Duration, Instant};

use lettre::transport::smtp::client::AsyncSmtpConnection;
use parking_lot::Mutex;
use secrecy::ExposeSecret;

use super::{Login, Server};

/// When full, the connection that came back is closed.
const ALL: usize = 32;
const PER_SERVER: usize = 4;
/// Servers close idle clients themselves after minutes; below that nothing is lost by being quick.
const KEPT: Duration = Duration::from_secs(20);

struct Idle {
    server: Server,
    connection: AsyncSmtpConnection,
    since: Instant,
}

#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<Idle>>,
}

impl Pool {
    /// A connection that still answers, signed in as the same user.
    pub(super) async fn take(&self, server: &Server) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.pop(server)?;
            if connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    fn pop(&self, server: &Server) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock();
        idle.retain(|entry| entry.since.elapsed() < KEPT);
        let found = idle.iter().position(|entry| same(&entry.server, server))?;
        Some(idle.swap_remove(found).connection)
    }

    pub(super) fn put(&self, server: &Server, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock();
        idle.retain(|entry| entry.since.elapsed() < KEPT);
        if idle.len() < ALL && idle.iter().filter(|entry| same(&entry.server, server)).count() < PER_SERVER {
            idle.push(Idle { server: server.clone(), connection, since: Instant::now() });
        }
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("idle", &self.idle.lock().len()).finish()
    }
}

fn same(a: &Server, b: &Server) -> bool {
    let login = |l: &Option<Login>| l.as_ref().map(|l| (l.user.clone(), l.password.expose_secret().to_owned()));
    (a.owner, &a.host, a.port, a.tls) == (b.owner, &b.host, b.port, b.tls) && login(&a.login) == login(&b.login)
}
