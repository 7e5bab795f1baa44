//! Mail over SMTP: one message to one recipient, and what the server said.
//!
//! A tenant's host is vetted by the egress guard and connected to by the vetted address, while TLS still asks for the name
//! that was typed. Only the refusal of a message itself is permanent; trouble before that (no connection, no TLS, sign-in
//! refused) belongs to the server or its configuration, which somebody may mend before the message is a day old.

mod compose;
mod pool;

use std::net::SocketAddr;
use std::time::Duration;

use lettre::transport::smtp::Error as LettreError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use watchkeeper_domain::address::{Policy, Reach, reach};
use watchkeeper_domain::alert::SmtpTls;

use crate::egress::{EgressError, Guard};
use crate::send::SendError;

pub use compose::{InvalidAddress, Mail, address, sender};
use pool::Pool;

/// Everything from resolving the name to the server's last word.
const DEADLINE: Duration = Duration::from_secs(30);
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Trust settings kept per host, so that the system's roots are not read for every connection.
const TLS_HOSTS: u64 = 256;
const TLS_KEPT: Duration = Duration::from_secs(3600);

/// Whose server it is decides which addresses may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// From the environment: trusted but for what is never used (metadata services).
    Operator,
    /// Typed by a tenant: under the egress policy, and plain text only to private addresses.
    Tenant,
}

/// Who to sign in as.
#[derive(Debug, Clone)]
pub struct Login {
    pub user: String,
    pub password: SecretString,
}

/// A mail server and how to speak to it.
#[derive(Debug, Clone)]
pub struct Server {
    pub owner: Owner,
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    pub login: Option<Login>,
}

/// Sends mail; keeps a bounded number of idle connections.
pub struct Mailer {
    guard: Guard,
    extra_roots: Option<Certificate>,
    tls: moka::future::Cache<String, TlsParameters>,
    pool: Pool,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("guard", &self.guard).field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Mailer {
    /// `extra_ca` is PEM: a private authority to trust beside the system's.
    ///
    /// # Errors
    /// When `extra_ca` holds no certificate.
    pub fn new(guard: Guard, extra_ca: Option<&[u8]>) -> Result<Self, String> {
        let extra_roots = extra_ca.map(Certificate::from_pem).transpose().map_err(|error| error.to_string())?;
        let tls = moka::future::Cache::builder().max_capacity(TLS_HOSTS).time_to_live(TLS_KEPT).build();
        Ok(Self { guard, extra_roots, tls, pool: Pool::default() })
    }

    /// Hands one message over, on an idle connection where there is one.
    ///
    /// # Errors
    /// [`SendError`], classified. After a timeout the server may still have accepted the message; the same Message-ID on
    /// the next attempt lets mail programs see that it is the same.
    pub async fn send(&self, server: &Server, mail: &Mail) -> Result<(), SendError> {
        let message = compose::message(mail)?;
        within(server, async {
            let mut connection = match self.pool.take(server).await {
                Some(idle) => idle,
                None => self.connect(server).await?,
            };
            hand_over(server, &mut connection, &message).await?;
            self.pool.put(server, connection);
            Ok(())
        })
        .await
    }

    /// As [`Mailer::send`], on a connection of its own that is closed afterwards: for the test button, whose user wants to know
    /// whether the whole way works now.
    ///
    /// # Errors
    /// [`SendError`], with the words of whichever step failed.
    pub async fn send_afresh(&self, server: &Server, mail: &Mail) -> Result<(), SendError> {
        let message = compose::message(mail)?;
        within(server, async {
            let mut connection = self.connect(server).await?;
            hand_over(server, &mut connection, &message).await?;
            connection.abort().await;
            Ok(())
        })
        .await
    }

    async fn connect(&self, server: &Server) -> Result<AsyncSmtpConnection, SendError> {
        let addresses = self.addresses(server).await?;
        let trust = match server.tls {
            SmtpTls::None => None,
            SmtpTls::Implicit | SmtpTls::Starttls => Some(self.trust(&server.host).await?),
        };
        let hello = ClientId::default();
        let implicit = if server.tls == SmtpTls::Implicit { trust.clone() } else { None };
        let connected = AsyncSmtpConnection::connect_tokio1(&*addresses, Some(CONNECT_WITHIN), &hello, implicit, None);
        let mut connection = connected.await.map_err(|error| before(server, "cannot connect to", &error))?;
        if server.tls == SmtpTls::Starttls
            && let Some(trust) = trust
        {
            let upgraded = connection.starttls(trust, &hello).await;
            upgraded.map_err(|error| before(server, "STARTTLS failed with", &error))?;
        }
        if let Some(login) = &server.login {
            let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
            let signed_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            signed_in.map_err(|error| before(server, "cannot sign in to", &error))?;
        }
        Ok(connection)
    }

    async fn addresses(&self, server: &Server) -> Result<Vec<SocketAddr>, SendError> {
        let guard = match server.owner {
            Owner::Operator => Guard::new(Policy::operator()),
            Owner::Tenant => self.guard,
        };
        let addresses = guard.vet_host(&server.host, server.port).await.map_err(|error| unreachable(server, &error))?;
        let public = |a: &SocketAddr| matches!(reach(a.ip()), Reach::Public);
        if server.tls == SmtpTls::None && server.owner == Owner::Tenant && addresses.iter().any(public) {
            return Err(SendError::permanent(&format!(
                "{} is on the public internet: choose STARTTLS or implicit TLS",
                place(server)
            )));
        }
        Ok(addresses)
    }

    async fn trust(&self, host: &str) -> Result<TlsParameters, SendError> {
        let built = self.tls.try_get_with(host.to_owned(), async {
            let mut builder = TlsParameters::builder(host.to_owned());
            if let Some(extra) = &self.extra_roots {
                builder = builder.add_root_certificate(extra.clone());
            }
            builder.build_rustls()
        });
        built.await.map_err(|error| SendError::retry(&format!("cannot set up TLS for {host}: {error}")))
    }
}

async fn within<T>(server: &Server, work: impl Future<Output = Result<T, SendError>>) -> Result<T, SendError> {
    // Boxed: the state of a TLS handshake is large, and callers hold many of these.
    tokio::time::timeout(DEADLINE, Box::pin(work)).await.unwrap_or_else(|_elapsed| {
        Err(SendError::retry(&format!("{} did not answer within {} s", place(server), DEADLINE.as_secs())))
    })
}

async fn hand_over(
    server: &Server,
    connection: &mut AsyncSmtpConnection,
    message: &lettre::Message,
) -> Result<(), SendError> {
    match connection.send(message.envelope(), &message.formatted()).await {
        Ok(_accepted) => Ok(()),
        Err(error) => {
            // Without a reply code nothing was refused: the connection broke, or what came was no SMTP.
            let refused = error.status().is_some() || error.is_client();
            let what = if refused { "refused the message" } else { "broke off without a proper answer" };
            let text = format!("{} {what}: {error}", place(server));
            // A client error is about this message too: its address needs what the server does not offer.
            let permanent = error.is_permanent() || error.is_client();
            Err(if permanent { SendError::permanent(&text) } else { SendError::retry(&text) })
        }
    }
}

fn place(server: &Server) -> String {
    format!("{}:{}", server.host, server.port)
}

fn before(server: &Server, what: &str, error: &LettreError) -> SendError {
    SendError::retry(&format!("{what} {}: {error}", place(server)))
}

fn unreachable(server: &Server, error: &EgressError) -> SendError {
    let text = format!("{}: {error}", place(server));
    if error.is_retryable() { SendError::retry(&text) } else { SendError::permanent(&text) }
}
