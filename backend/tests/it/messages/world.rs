//! A store, a post, the two jobs and one tenant with a clock that is turned by hand.

use std::sync::Arc;

use tempfile::TempDir;
use watchkeeper::auth::{SystemScope, TenantScope};
use watchkeeper::clock::Clock;
use watchkeeper::jobs::Job;
use watchkeeper::jobs::deliver::Deliver;
use watchkeeper::jobs::notify::Notify;
use watchkeeper::nudge::Nudge;
use watchkeeper::services::alert::{Alerts, EmailDraft, ServerDraft, SlackDraft};
use watchkeeper::services::post::Post;
use watchkeeper::services::seal::Sealer;
use watchkeeper::store::{Filter, Order, Query, Store};
use watchkeeper::telemetry::Telemetry;
use watchkeeper_clients::egress::{Guard, Policy};
use watchkeeper_clients::slack::Slack;
use watchkeeper_clients::smtp::Mailer;
use watchkeeper_domain::alert::{Delivery, NotifyOn, SmtpTls};
use watchkeeper_domain::id::{BatchId, Id, IncidentId, UserId};
use watchkeeper_domain::incident::{Actor, EventKind, Incident, IncidentState, Notice, PendingNotice, TimelineEvent};
use watchkeeper_domain::time::{MINUTE, UtcMillis, Window};
use watchkeeper_domain::verdict::{FixPlan, Severity, Verdict};

use crate::support::mail_server::MailServer;

pub(super) const T0: UtcMillis = UtcMillis(1_795_254_600_000);
pub(super) const ALL: NotifyOn = NotifyOn { open: true, update: true, resolve: true };

pub(super) struct World {
    pub(super) store: Store,
    pub(super) scope: TenantScope,
    pub(super) clock: Clock,
    pub(super) alerts: Alerts,
    notify: Notify,
    deliver: Deliver,
    _dir: TempDir,
}

pub(super) fn system() -> SystemScope {
    SystemScope::for_job("test")
}

impl World {
    pub(super) async fn new(mail: Option<&MailServer>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = watchkeeper_docstore::Settings::Sqlite { path: dir.path().join("store.db") };
        let store = Store::prepare(watchkeeper_docstore::open(&settings).await.unwrap()).await.unwrap();
        let guard = Guard::new(Policy { allow_private: true });
        let authority = mail.map(|mail| std::fs::read(mail.authority()).unwrap());
        let post = Arc::new(Post {
            mailer: Mailer::new(guard, authority.as_deref()).unwrap(),
            slack: Slack::new(guard).unwrap(),
            sealer: Sealer::new(&"a server secret of the tests".into()).unwrap(),
            server_wide: None,
            guard,
        });
        let clock = Clock::manual(T0);
        let notify = Notify {
            store: store.clone(),
            system: system(),
            post: Arc::clone(&post),
            site: "https://watch.example.com".to_owned(),
            deliver: Nudge::default(),
        };
        let scope = TenantScope::for_job(UserId::derive(&["tenant"]), &system(), "test");
        let alerts = Alerts::new(store.clone(), Arc::clone(&post), clock.clone(), "http://localhost".to_owned());
        let deliver = Self::deliver(&store, &post, &clock);
        Self { store, scope, clock, alerts, notify, deliver, _dir: dir }
    }

    fn deliver(store: &Store, post: &Arc<Post>, clock: &Clock) -> Deliver {
        Deliver::new(store.clone(), system(), Arc::clone(post), clock.clone(), Telemetry::new())
    }

    pub(super) async fn email(&self, mail: &MailServer, recipients: &[&str]) {
        self.email_by(mail, SmtpTls::Starttls, recipients).await;
    }

    pub(super) async fn email_by(&self, mail: &MailServer, tls: SmtpTls, recipients: &[&str]) {
        let mut draft = email_draft(mail.port, recipients);
        draft.server.as_mut().unwrap().tls = tls;
        self.alerts.put_email(&self.scope, draft).await.unwrap();
    }

    pub(super) async fn slack(&self, webhook: &str) {
        let webhook = Some(webhook.to_owned().into());
        let draft = SlackDraft { enabled: true, webhook, min_severity: Severity::Low, notify_on: ALL };
        self.alerts.put_slack(&self.scope, draft).await.unwrap();
    }

    pub(super) async fn notify(&self) {
        self.notify.step(self.clock.now()).await.unwrap();
    }

    pub(super) async fn deliver_step(&self) {
        self.deliver.step(self.clock.now()).await.unwrap();
    }

    pub(super) async fn later(&self, millis: i64) {
        self.clock.set(self.clock.now() + millis);
        self.deliver_step().await;
    }

    /// Changes the incident and asks for a notice in one write, as a batch does; makes the incident at the first.
    pub(super) async fn happens(&self, notice: Notice, severity: Severity) {
        let tenant = self.store.tenant(&self.scope);
        let id = IncidentId::derive(&["incident"]);
        let stored = tenant.get::<Incident>(id.as_str()).await.unwrap();
        let rev = stored.as_ref().map(|stored| stored.rev);
        let mut incident = stored.map_or_else(|| incident(id), |stored| stored.doc);
        let seq = u32::try_from(incident.timeline.len()).unwrap() + 1;
        let kind = match notice {
            Notice::Opened => EventKind::Opened,
            Notice::Updated => EventKind::Updated { what: "severity changed".to_owned() },
            Notice::Resolved => EventKind::Resolved { why: "quiet for 2 batches".to_owned() },
        };
        let at = self.clock.now();
        incident.severity = severity;
        incident.timeline.push(TimelineEvent { seq, at, actor: Actor::Batch { id: BatchId::derive(&["b"]) }, kind });
        incident.pending_notices.push(PendingNotice { seq, notice, at });
        incident.has_pending = true;
        match rev {
            Some(rev) => drop(tenant.replace(&incident, rev).await.unwrap()),
            None => tenant.insert(&incident).await.unwrap(),
        }
    }

    /// The whole ledger, by sequence number.
    pub(super) async fn ledger(&self) -> Vec<Delivery> {
        let query = Query::new(Filter::All, Order::oldest("seq"), 1_000);
        self.store.tenant(&self.scope).find(&query).await.unwrap().items
    }
}

pub(super) fn email_draft(port: u16, recipients: &[&str]) -> EmailDraft {
    EmailDraft {
        enabled: true,
        recipients: recipients.iter().map(|&address| address.to_owned()).collect(),
        min_severity: Severity::Medium,
        notify_on: ALL,
        server: Some(ServerDraft {
            host: "localhost".to_owned(),
            port,
            user: Some("bob".to_owned()),
            password: Some("hunter2".into()),
            from: "Watchkeeper <alerts@example.com>".to_owned(),
            tls: SmtpTls::Starttls,
        }),
    }
}

fn incident(id: IncidentId) -> Incident {
    Incident {
        id,
        fingerprint: "memory:api-1".to_owned(),
        open_key: Some("memory:api-1".to_owned()),
        state: IncidentState::Open,
        severity: Severity::High,
        severity_now: None,
        title: "Memory leak in api-1 <fills> swap".to_owned(),
        summary: "The machine swaps.".to_owned(),
        root_cause: "A process leaks memory.".to_owned(),
        fix_plan: FixPlan { immediate: vec!["Restart api-1.".to_owned()], prevention: vec![] },
        verdict: Verdict::Likely,
        confidence: 85,
        verdict_reason: String::new(),
        hypotheses: vec![],
        evidence: vec![],
        anomaly_count: 1,
        instances: vec![],
        window: Window { start: T0, end: T0 + MINUTE },
        author_provider: "builtin".to_owned(),
        author_model: "builtin".to_owned(),
        author_unasked: None,
        rca_id: None,
        opened_at: T0,
        updated_at: T0,
        resolved_at: None,
        quiet_batches: 0,
        last_batch_id: None,
        timeline: vec![],
        pending_notices: vec![],
        has_pending: false,
        assignee: None,
        family: "memory".to_owned(),
        terms: vec![],
    }
}
