//! The loop every job runs in.
//!
//! Jobs live on their own multi-thread runtime, because actix workers are current-thread. A loop runs its job's step on a
//! jittered timer and on a nudge, at once again while there is more to do, and later and later while it fails. A panic
//! or a step past its deadline is an error of that step and ends neither the loop nor another job.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use watchkeeper_domain::time::UtcMillis;

use super::board::Board;
use crate::clock::Clock;
use crate::nudge::Nudge;
use crate::store;

/// The longest pause between the retries of a failing job.
const MAX_BACKOFF: Duration = Duration::from_secs(60);

/// What a step left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do: run again at once.
    More,
    /// Nothing until the timer or a nudge.
    Idle,
    /// Nothing until this instant (or the timer or a nudge, whichever is first).
    IdleUntil(UtcMillis),
}

/// Why a step failed; it is logged, shown in the status, and tried again.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("{0}")]
    Failed(String),
    #[error("the step panicked")]
    Panicked,
    #[error("the step did not finish within {0:?}")]
    TimedOut(Duration),
}

/// A piece of recurring work.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// Unique within the runner; a status and a log field.
    fn name(&self) -> &'static str;

    /// Does a bounded amount of work. Idempotent: it may be cut off anywhere and run again.
    async fn step(&self, now: UtcMillis) -> Result<Progress, JobError>;

    /// A step that takes longer is dropped and counts as failed.
    fn deadline(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// Called once after the last step, before the drain's deadline: finish or hand back what is under way.
    async fn stop(&self) {}
}

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every job finished its step and stopped.
    Clean,
    /// This many were still at work at the deadline and were cut off; their work is repeated after the next start.
    CutOff(usize),
}

/// Owns the runtime and the loops of all jobs.
#[derive(Debug)]
pub struct Runner {
    runtime: Option<Runtime>,
    loops: JoinSet<()>,
    cancel: CancellationToken,
    board: Board,
    clock: Clock,
}

impl Runner {
    /// # Errors
    /// When the operating system refuses the threads.
    pub fn new(clock: Clock, threads: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("watchkeeper-job")
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            loops: JoinSet::new(),
            cancel: CancellationToken::new(),
            board: Board::default(),
            clock,
        })
    }

    /// Starts a job's loop: at least one step every `period` (±10 %), and one after each nudge.
    pub fn spawn(&mut self, period: Duration, nudge: Nudge, job: Arc<dyn Job>) {
        let Some(runtime) = &self.runtime else { return };
        self.board.add(job.name(), self.clock.now());
        let line = Loop {
            job,
            period,
            nudge,
            cancel: self.cancel.clone(),
            board: self.board.clone(),
            clock: self.clock.clone(),
        };
        self.loops.spawn_on(line.run(), runtime.handle());
    }

    #[must_use]
    pub fn board(&self) -> Board {
        self.board.clone()
    }

    /// Stops all loops after their current step and waits for them, at most `within`.
    pub async fn drain(mut self, within: Duration) -> Drained {
        self.cancel.cancel();
        let all_ended = async { while self.loops.join_next().await.is_some() {} };
        let drained = match tokio::time::timeout(within, all_ended).await {
            Ok(()) => Drained::Clean,
            Err(_elapsed) => Drained::CutOff(self.loops.len()),
        };
        tracing::info!(drain.cut_off = matches!(drained, Drained::CutOff(_)), "jobs stopped");
        drained
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.cancel.cancel();
        // A runtime that is dropped inside another one would block it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Loop {
    job: Arc<dyn Job>,
    period: Duration,
    nudge: Nudge,
    cancel: CancellationToken,
    board: Board,
    clock: Clock,
}

impl Loop {
    async fn run(self) {
        let mut failures = 0_u32;
        while !self.cancel.is_cancelled() {
            let outcome = self.step().await;
            failures = if outcome.is_ok() { 0 } else { failures.saturating_add(1) };
            let pause = match outcome {
                Ok(Progress::More) => Duration::ZERO,
                Ok(Progress::Idle) => jittered(self.period, rand::random()),
                Ok(Progress::IdleUntil(at)) => until(at, self.clock.now()).min(jittered(self.period, rand::random())),
                Err(()) => backoff(self.period, failures),
            };
            self.pause(pause).await;
        }
        if AssertUnwindSafe(self.job.stop()).catch_unwind().await.is_err() {
            tracing::error!(job.name = self.job.name(), "job panicked while it stopped");
        }
    }

    async fn pause(&self, pause: Duration) {
        let due = self.clock.now() + i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        self.board.edit(self.job.name(), |status| status.due_at = due);
        if pause.is_zero() {
            tokio::task::yield_now().await;
            return;
        }
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = self.nudge.nudged() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// One fenced step; its error is logged and kept in the status.
    async fn step(&self) -> Result<Progress, ()> {
        let name = self.job.name();
        let now = self.clock.now();
        self.board.edit(name, |status| status.running_since = Some(now));
        let deadline = self.job.deadline();
        let fenced = AssertUnwindSafe(self.job.step(now)).catch_unwind();
        let outcome = match tokio::time::timeout(deadline, fenced).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => Err(JobError::Panicked),
            Err(_elapsed) => Err(JobError::TimedOut(deadline)),
        };
        let error = outcome.as_ref().err().map(ToString::to_string);
        self.board.edit(name, |status| {
            status.running_since = None;
            status.runs = status.runs.saturating_add(1);
            status.last_run_at = Some(now);
            status.failures = if error.is_some() { status.failures.saturating_add(1) } else { 0 };
            status.last_error.clone_from(&error);
        });
        if let Some(error) = error {
            tracing::error!(job.name = name, error, "job step failed");
        }
        outcome.map_err(|_logged| ())
    }
}

/// ±10 % of the period by `random`, so that servers started together do not stay in step.
fn jittered(period: Duration, random: u32) -> Duration {
    let share = f64::from(random) / f64::from(u32::MAX);
    period.mul_f64(0.9 + 0.2 * share)
}

fn until(at: UtcMillis, now: UtcMillis) -> Duration {
    Duration::from_millis(u64::try_from(at.since(now)).unwrap_or(0))
}

/// Doubles from the period with each failure in a row, up to [`MAX_BACKOFF`] (or the period, if that is longer).
fn backoff(period: Duration, failures: u32) -> Duration {
    let doubled = period.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1).min(16)));
    doubled.min(MAX_BACKOFF.max(period))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::mpsc;

    use super::*;

    /// Sends the step's number, then behaves as scripted for it.
    struct Scripted {
        steps: AtomicU32,
        seen: mpsc::UnboundedSender<u32>,
        script: fn(u32) -> Result<Progress, JobError>,
    }

    #[async_trait]
    impl Job for Scripted {
        fn name(&self) -> &'static str {
            "scripted"
        }
        async fn step(&self, _now: UtcMillis) -> Result<Progress, JobError> {
            let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
            self.seen.send(step).unwrap();
            (self.script)(step)
        }
        async fn stop(&self) {
            self.seen.send(u32::MAX).unwrap();
        }
    }

    fn start(
        period: Duration,
        script: fn(u32) -> Result<Progress, JobError>,
    ) -> (Runner, Nudge, mpsc::UnboundedReceiver<u32>) {
        let (seen, steps) = mpsc::unbounded_channel();
        let mut runner = Runner::new(Clock::default(), 1).unwrap();
        let nudge = Nudge::default();
        runner.spawn(period, nudge.clone(), Arc::new(Scripted { steps: AtomicU32::new(0), seen, script }));
        (runner, nudge, steps)
    }

    async fn next(steps: &mut mpsc::UnboundedReceiver<u32>) -> u32 {
        tokio::time::timeout(Duration::from_secs(5), steps.recv()).await.unwrap().unwrap()
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn more_runs_at_once_and_a_nudge_wakes_an_idle_job() {
        let (runner, nudge, mut steps) = start(HOUR, |step| Ok(if step < 3 { Progress::More } else { Progress::Idle }));
        for expected in 1..=3 {
            assert_eq!(next(&mut steps).await, expected);
        }
        nudge.nudge();
        assert_eq!(next(&mut steps).await, 4);
        assert_eq!(runner.drain(Duration::from_secs(5)).await, Drained::Clean);
        assert_eq!(next(&mut steps).await, u32::MAX, "stop is called after the last step");
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_its_step_only() {
        let (runner, _nudge, mut steps) =
            start(Duration::from_millis(1), |step| if step == 1 { panic!("scripted") } else { Ok(Progress::Idle) });
        let board = runner.board();
        assert_eq!(next(&mut steps).await, 1);
        assert_eq!(next(&mut steps).await, 2);
        assert_eq!(next(&mut steps).await, 3);
        let status = board.job("scripted").unwrap();
        assert_eq!((status.failures, status.last_error), (0, None), "a good step clears the error");
        assert_eq!(runner.drain(Duration::from_secs(5)).await, Drained::Clean);
    }

    #[tokio::test]
    async fn an_error_stays_in_the_status_until_a_good_step() {
        let (runner, _nudge, mut steps) = start(HOUR, |_| Err(JobError::Failed("no luck".to_owned())));
        assert_eq!(next(&mut steps).await, 1);
        let board = runner.board();
        assert_eq!(runner.drain(Duration::from_secs(5)).await, Drained::Clean);
        let status = board.job("scripted").unwrap();
        assert_eq!((status.runs, status.failures, status.last_error.as_deref()), (1, 1, Some("no luck")));
    }

    struct Stuck(mpsc::UnboundedSender<u32>);

    #[async_trait]
    impl Job for Stuck {
        fn name(&self) -> &'static str {
            "stuck"
        }
        async fn step(&self, _now: UtcMillis) -> Result<Progress, JobError> {
            self.0.send(1).unwrap();
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_stuck_step_is_cut_off_at_the_drain_deadline() {
        let mut runner = Runner::new(Clock::default(), 1).unwrap();
        let (seen, mut steps) = mpsc::unbounded_channel();
        runner.spawn(HOUR, Nudge::default(), Arc::new(Stuck(seen)));
        next(&mut steps).await;
        assert_eq!(runner.drain(Duration::from_millis(50)).await, Drained::CutOff(1));
    }

    #[test]
    fn backoff_doubles_to_its_cap_and_jitter_stays_within_a_tenth() {
        let second = Duration::from_secs(1);
        assert_eq!(backoff(second, 1), second);
        assert_eq!(backoff(second, 4), 8 * second);
        assert_eq!(backoff(second, 400), MAX_BACKOFF);
        assert_eq!(backoff(HOUR, 2), HOUR);
        assert!(jittered(10 * second, 0) >= 9 * second);
        assert!(jittered(10 * second, u32::MAX) <= 11 * second + Duration::from_millis(1));
    }
}
