//! The running server between a real Prometheus, a real mailbox and a Slack of one's own.

use serde_json::{Value as Json, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Client, TestApp, eventually, header, readable};
use crate::support::mail_server::MailServer;
use crate::support::parts::Prometheus;

/// Three seconds.
const BATCH_MINUTES: &str = "0.05";
const WEBHOOK: &str = "/services/T0/B0/secret";

pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) mail: MailServer,
    prometheus: Prometheus,
    slack: MockServer,
}

impl World {
    /// `None`: a part is not here, and said so.
    pub(super) async fn start(store: &[(&str, &str)]) -> Option<Self> {
        let mail = MailServer::start(&["--user", "bob", "--password", "hunter2"])?;
        let prometheus = Prometheus::start().await?;
        let slack = MockServer::start().await;
        let accepted = ResponseTemplate::new(200).set_body_string("ok");
        Mock::given(method("POST")).and(path(WEBHOOK)).respond_with(accepted).mount(&slack).await;
        let authority = mail.authority();
        let settings = [
            ("SCHEDULER_ENABLED", "true"),
            ("BATCH_INTERVAL_MINUTES", BATCH_MINUTES),
            ("PROM_URL", &prometheus.url),
            ("TARGETS_DIR", prometheus.targets_dir.to_str().unwrap()),
            ("SMTP_CA_FILE", authority.to_str().unwrap()),
            ("ALLOW_PRIVATE_TARGETS", "true"),
        ];
        let app = TestApp::with(&[&settings, store].concat()).await;
        Some(Self { app, mail, prometheus, slack })
    }

    /// What links in messages begin with.
    pub(super) fn site(&self) -> &str {
        &self.app.base
    }

    /// Both channels, every notice; the test buttons are left alone, so that every message is an incident's.
    pub(super) async fn tell(&self, client: &Client) {
        let all = json!({ "open": true, "update": true, "resolve": true });
        let server = json!({
            "host": "localhost", "port": self.mail.port, "user": "bob", "password": "hunter2",
            "from": "Watchkeeper <alerts@example.com>", "tls": "starttls",
        });
        let email = json!({
            "enabled": true, "recipients": ["oncall@example.com"], "min_severity": "low", "notify_on": all, "server": server,
        });
        let webhook = format!("{}{WEBHOOK}", self.slack.uri());
        let slack = json!({ "enabled": true, "webhook_url": webhook, "min_severity": "low", "notify_on": all });
        client.put("/api/v1/alerts/email", email).await.expect(200);
        client.put("/api/v1/alerts/slack", slack).await.expect(200);
    }

    /// Prometheus itself says whom the target's series belong to.
    pub(super) async fn scraped_for(&self, client: &Client, address: &str) {
        let answer = reqwest::get(format!("{}/api/v1/query?query=up", self.prometheus.url)).await.unwrap();
        let answer: Json = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let series = answer["data"]["result"].as_array().unwrap();
        assert_eq!(series.len(), 1, "{answer}");
        let labels = &series[0]["metric"];
        assert_eq!((text(&labels["instance"]), text(&labels["user_id"])), (address.to_owned(), client.user_id()));
        assert_eq!((&labels["job"], &labels["name"]), (&json!("dynamic-targets"), &json!("web")));
    }

    /// The `nth` mail and the `nth` post to Slack, with the proving error and the link; no more than these.
    pub(super) async fn told(&self, nth: usize, subject: &str, link: &str) {
        let (mails, posts) = eventually("a mail and a post", || async {
            let (mails, posts) = (self.mail.mails(), self.slack.received_requests().await.unwrap());
            let seen = (mails.len(), posts.len());
            if mails.len() >= nth && posts.len() >= nth { Ok((mails, posts)) } else { Err(format!("{seen:?}")) }
        })
        .await;
        assert_eq!((mails.len(), posts.len()), (nth, nth));
        let mail = &mails[nth - 1];
        assert_eq!(header(mail, "Subject"), subject);
        let post: Json = posts[nth - 1].body_json().unwrap();
        assert_eq!(post["text"], subject.trim_start_matches("Re: "));
        for body in [readable(mail), post.to_string()] {
            assert!(body.contains("connection refused") && body.contains(link), "{body}");
        }
    }
}

pub(super) async fn items(client: &Client, path: &str) -> Vec<Json> {
    client.get(path).await.expect(200).json()["items"].as_array().unwrap().clone()
}

pub(super) fn text(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
