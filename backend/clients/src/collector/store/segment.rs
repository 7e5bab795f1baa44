//! Segment files of one tenant: an hour of its samples each, appended to and synced twice a minute.
//!
//! A file is only ever appended to. One that a crash left with half a record at its end is cut back to its last whole one, with a
//! line in the log; after a start writing goes on in a new file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::super::chunk::Sealed;
use super::super::labels::Labels;
use super::format::{self, FRAME, MAGIC, Reading};

const EXTENSION: &str = "seg";

/// A file that is not written to any more.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segment {
    path: PathBuf,
    /// Instant of its newest sample.
    pub(super) last: i64,
    pub(super) bytes: u64,
}

impl Segment {
    pub(super) fn delete(self) -> io::Result<()> {
        std::fs::remove_file(self.path)
    }
}

/// The file that is being written.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    file: File,
    bytes: u64,
    pub(super) opened: i64,
}

impl Writer {
    /// A new file for what comes from `now` on, for its owner's eyes only.
    pub(super) fn create(dir: &Path, now: i64) -> io::Result<Self> {
        let mut opened = now;
        loop {
            let path = dir.join(format!("{opened:015}.{EXTENSION}"));
            match OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    file.write_all(MAGIC)?;
                    return Ok(Self { path, file, bytes: MAGIC.len() as u64, opened });
                }
                // A clock that was set back, or a quick restart.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => opened += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Appends one record and waits until it is on disk. What a failure left of it is cut off again.
    pub(super) fn append(&mut self, payload: &[u8]) -> io::Result<()> {
        let record = format::framed(payload);
        if let Err(error) = self.file.write_all(&record).and_then(|()| self.file.sync_data()) {
            self.file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes += record.len() as u64;
        Ok(())
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Done with; `last` is the newest sample in it.
    pub(super) fn close(self, last: i64) -> Segment {
        Segment { path: self.path, last, bytes: self.bytes }
    }
}

/// A file's chunks.
pub(super) struct Opened {
    pub(super) segment: Segment,
    pub(super) chunks: Vec<(Labels, Sealed)>,
}

/// Files of a tenant, oldest first.
pub(super) fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file and cuts off what is not whole at its end.
pub(super) fn open(path: PathBuf) -> io::Result<Opened> {
    let content = std::fs::read(&path)?;
    let mut reading = Reading::default();
    let mut whole = content.strip_prefix(MAGIC).map_or(0, |_| MAGIC.len());
    while whole > 0
        && let Some(payload) = content.get(whole..).and_then(format::unframed)
        && reading.add(payload).is_some()
    {
        whole += FRAME + payload.len();
    }
    if whole < content.len() {
        OpenOptions::new().write(true).open(&path)?.set_len(whole as u64)?;
        tracing::warn!(
            file.path = %path.display(),
            file.kept_bytes = whole,
            file.cut_bytes = content.len() - whole,
            "the end of a file of samples was not whole and is cut off"
        );
    }
    let chunks: Vec<_> = reading.finish().collect();
    let last = chunks.iter().map(|(_, chunk)| chunk.last).max().unwrap_or(i64::MIN);
    Ok(Opened { segment: Segment { path, last, bytes: whole as u64 }, chunks })
}
