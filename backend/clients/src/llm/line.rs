//! A model behind its breaker: the one place that retries a model call.

use std::time::{Duration, Instant};

use watchkeeper_domain::llm::Provider;

use super::breaker::Breaker;
use super::{Again, Ask, Attempt, Failure, Model, Reply};

/// Attempts of one question, the first included.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// One provider as the chain sees it.
#[derive(Debug)]
pub struct Line {
    provider: Provider,
    model: Model,
    breaker: Breaker,
}

/// What came of a question, and how many HTTP attempts it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub result: Result<Reply, Failure>,
    pub attempts: u32,
}

impl Line {
    #[must_use]
    pub fn new(provider: Provider, model: Model) -> Self {
        Self { provider, model, breaker: Breaker::default() }
    }

    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider
    }

    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        self.breaker.is_open(Instant::now())
    }

    /// Asks until there is a reply, a permanent failure, too many attempts, or the deadline.
    pub async fn ask(&self, ask: &Ask<'_>, deadline: Instant) -> Asked {
        if !self.breaker.admit(Instant::now()) {
            return Asked { result: Err(Failure::CircuitOpen), attempts: 0 };
        }
        let asked = self.persist(ask, deadline).await;
        match &asked.result {
            // A reply that was cut off or a refusal to this question says that the provider is there.
            Ok(_) | Err(Failure::Truncated(_) | Failure::Provider { status: Some(400..=499), .. }) => {
                self.breaker.succeeded();
            }
            Err(_) => self.breaker.failed(Instant::now()),
        }
        asked
    }

    async fn persist(&self, ask: &Ask<'_>, deadline: Instant) -> Asked {
        let mut wait = FIRST_WAIT;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let until = tokio::time::Instant::from_std(deadline);
            let Attempt { failure, again } = match tokio::time::timeout_at(until, self.model.ask(ask)).await {
                Ok(Ok(reply)) => return Asked { result: Ok(reply), attempts },
                Ok(Err(attempt)) => attempt,
                Err(_elapsed) => return Asked { result: Err(Failure::TimedOut), attempts },
            };
            let pause = match again {
                Again::Never => return Asked { result: Err(failure), attempts },
                Again::Soon => wait.mul_f64(0.5 + rand::random::<f64>()),
                Again::After(named) => named + Duration::from_millis(rand::random_range(0..250)),
            };
            let in_time = Instant::now().checked_add(pause).is_some_and(|at| at < deadline);
            if attempts >= ATTEMPTS || !in_time {
                return Asked { result: Err(failure), attempts };
            }
            tokio::time::sleep(pause).await;
            wait = wait.saturating_mul(2);
        }
    }
}
