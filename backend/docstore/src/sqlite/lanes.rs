//! The threads that own connections: one that writes, with group commit, and a few that read.
//!
//! Both lanes are bounded channels. A full one answers `Unavailable` at once: waiting longer would only hide the overload.
//! Work whose caller has gone away is not begun. Dropping a lane closes it; what was accepted is still done.

use std::fs::File;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::errors;
use crate::error::StoreError;

/// Writes waiting for the writer.
const WRITE_QUEUE: usize = 4096;
/// Reads waiting for a reader.
const READ_QUEUE: usize = 4096;
/// Most writes of one commit.
const GROUP: usize = 256;

fn gone() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

fn full() -> StoreError {
    StoreError::Unavailable("too many requests are waiting for the store".to_owned())
}

/// A piece of work and the caller who waits for it.
trait Task: Send {
    fn abandoned(&self) -> bool;
    /// Runs; the outcome is kept. `false` when it failed.
    fn run(&mut self, conn: &Connection) -> bool;
    /// Hands the outcome over, or the reason why it came to nothing after all.
    fn answer(self: Box<Self>, undone: Option<&str>);
}

struct Work<T, F> {
    work: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T, StoreError> + Send> Task for Work<T, F> {
    fn abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn run(&mut self, conn: &Connection) -> bool {
        self.outcome = self.work.take().map(|work| work(conn));
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, undone: Option<&str>) {
        let outcome = match (undone, self.outcome) {
            // A refusal stands whether or not the others were committed.
            (Some(reason), Some(Ok(_)) | None) => Err(StoreError::Unavailable(reason.to_owned())),
            (_, Some(outcome)) => outcome,
            (None, None) => Err(gone()),
        };
        // The caller may have stopped waiting; nobody else wants the answer.
        drop(self.caller.send(outcome));
    }
}

/// A bounded queue of tasks and the threads that work it off.
struct Lane {
    tasks: Option<mpsc::Sender<Box<dyn Task>>>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lane").field("threads", &self.threads.len()).finish_non_exhaustive()
    }
}

impl Lane {
    async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let task = Box::new(Work { work: Some(work), outcome: None, caller });
        let tasks = self.tasks.as_ref().ok_or_else(gone)?;
        tasks.try_send(task).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => full(),
            mpsc::error::TrySendError::Closed(_) => gone(),
        })?;
        answer.await.unwrap_or_else(|_closed| Err(gone()))
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a store thread ended in a panic");
            }
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let failed = |error: std::io::Error| StoreError::Startup(format!("the store's threads cannot be started: {error}"));
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(failed)
}

/// The one lane that writes.
#[derive(Debug)]
pub(super) struct Writer(Lane);

impl Writer {
    /// `lock` is held until the connection is closed.
    pub(super) fn start(conn: Connection, lock: File) -> Result<Self, StoreError> {
        let (tasks, mut queue) = mpsc::channel(WRITE_QUEUE);
        let thread = spawn("store-writer", move || {
            while let Some(first) = queue.blocking_recv() {
                commit_group(&conn, first, &mut queue);
            }
            drop(conn);
            drop(lock);
        })?;
        Ok(Self(Lane { tasks: Some(tasks), threads: vec![thread] }))
    }

    /// Answers after the commit that holds the work is on disk. Work that fails leaves nothing behind.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.run(work).await
    }
}

/// Everything that waits, up to a limit, in one transaction: as many writes, one fsync.
fn commit_group(conn: &Connection, first: Box<dyn Task>, queue: &mut mpsc::Receiver<Box<dyn Task>>) {
    let mut group = Vec::new();
    let mut next = Some(first);
    let mut outcome = conn.execute_batch("BEGIN IMMEDIATE");
    while let Some(mut task) = next {
        if outcome.is_ok() && !task.abandoned() {
            outcome = in_savepoint(conn, |conn| task.run(conn));
        }
        group.push(task);
        next = if group.len() < GROUP { queue.try_recv().ok() } else { None };
    }
    let outcome = outcome.and_then(|()| conn.execute_batch("COMMIT"));
    let undone = outcome.err().map(|error| {
        tracing::error!(store.error = %error, store.writes = group.len(), "a group of writes was not committed");
        if !conn.is_autocommit() && conn.execute_batch("ROLLBACK").is_err() {
            tracing::error!("a failed group of writes was not rolled back");
        }
        match errors::runtime(&error) {
            StoreError::Unavailable(reason) => reason,
            _ => "the write was not committed".to_owned(),
        }
    });
    for task in group {
        task.answer(undone.as_deref());
    }
}

/// Undoes what the work did when it says `false`. An error means that the whole transaction is lost.
pub(super) fn in_savepoint(conn: &Connection, work: impl FnOnce(&Connection) -> bool) -> rusqlite::Result<()> {
    conn.prepare_cached("SAVEPOINT work")?.execute([])?;
    if !work(conn) {
        conn.prepare_cached("ROLLBACK TO work")?.execute([])?;
    }
    conn.prepare_cached("RELEASE work")?.execute([]).map(|_| ())
}

/// A few lanes' worth of readers on one queue.
#[derive(Debug)]
pub(super) struct Readers(Lane);

impl Readers {
    pub(super) fn start(connections: Vec<Connection>) -> Result<Self, StoreError> {
        let (tasks, queue) = mpsc::channel::<Box<dyn Task>>(READ_QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let mut lane = Lane { tasks: Some(tasks), threads: Vec::new() };
        for conn in connections {
            let queue = Arc::clone(&queue);
            lane.threads.push(spawn("store-reader", move || {
                // The queue's lock is held while waiting for a task, never while working on one.
                let next = || queue.lock().blocking_recv();
                while let Some(mut task) = next() {
                    if !task.abandoned() {
                        task.run(&conn);
                    }
                    task.answer(None);
                }
            })?);
        }
        Ok(Self(lane))
    }

    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.run(work).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer whose database can hold about `pages` pages.
    fn small(pages: u32) -> (tempfile::TempDir, Writer) {
        let dir = tempfile::tempdir().unwrap();
        let conn = Connection::open(dir.path().join("small.db")).unwrap();
        conn.execute_batch("CREATE TABLE t (n INTEGER, pad BLOB)").unwrap();
        conn.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
        let lock = File::create(dir.path().join("lock")).unwrap();
        let writer = Writer::start(conn, lock).unwrap();
        (dir, writer)
    }

    fn add(n: i64, bytes: i64) -> impl FnOnce(&Connection) -> Result<i64, StoreError> + Send + 'static {
        move |conn| {
            conn.execute("INSERT INTO t VALUES (?1, zeroblob(?2))", rusqlite::params![n, bytes])
                .map(|_| n)
                .map_err(|error| errors::runtime(&error))
        }
    }

    async fn stored(writer: &Writer) -> Vec<i64> {
        let select = |conn: &Connection| {
            let mut rows = conn.prepare("SELECT n FROM t ORDER BY n").unwrap();
            Ok(rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect())
        };
        writer.run(select).await.unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_unavailable_and_acknowledges_nothing() {
        let (_dir, writer) = small(20);
        let writes = (0..20).map(|n| writer.run(add(n, if n == 10 { 1_000_000 } else { 10 })));
        let done = futures::future::join_all(writes).await;
        assert!(matches!(&done[10], Err(StoreError::Unavailable(why)) if why == "the disk is full"), "{:?}", done[10]);
        let acknowledged: Vec<i64> = done.into_iter().flatten().collect();
        assert_eq!(stored(&writer).await, acknowledged);
        writer.run(add(99, 10)).await.unwrap();
    }

    #[tokio::test]
    async fn one_refusal_leaves_the_rest_of_its_group() {
        let (_dir, writer) = small(1000);
        let refuse = |conn: &Connection| -> Result<i64, StoreError> {
            conn.execute("INSERT INTO t VALUES (1000, NULL)", []).unwrap();
            Err(StoreError::Conflict)
        };
        let (before, refused, after) = tokio::join!(writer.run(add(1, 1)), writer.run(refuse), writer.run(add(2, 1)));
        assert!(before.is_ok() && after.is_ok() && matches!(refused, Err(StoreError::Conflict)));
        assert_eq!(stored(&writer).await, [1, 2]);
    }

    #[tokio::test]
    async fn a_full_queue_is_unavailable_at_once() {
        let (_dir, writer) = small(1000);
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let wait = move |_: &Connection| Ok(held.recv().is_err());
        let mut blocked = Box::pin(writer.run(wait));
        assert!(futures::poll!(&mut blocked).is_pending());
        let mut waiting: Vec<_> = (0..2 * WRITE_QUEUE as i64).map(|n| Box::pin(writer.run(add(n, 1)))).collect();
        let mut refused = 0;
        for write in &mut waiting {
            if let std::task::Poll::Ready(answer) = futures::poll!(write) {
                assert!(matches!(answer, Err(StoreError::Unavailable(_))));
                refused += 1;
            }
        }
        // The group in hand takes some of the queue with it.
        assert!(refused >= WRITE_QUEUE - GROUP, "{refused}");
        // Callers that go away are not written.
        drop(waiting);
        drop(hold);
        assert!(blocked.await.unwrap());
        assert!(stored(&writer).await.is_empty());
    }
}
