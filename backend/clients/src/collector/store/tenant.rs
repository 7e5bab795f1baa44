//! One tenant's series: labels, sealed chunks, the chunk that grows, and the files they lie in.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use watchkeeper_domain::time::{HOUR, UtcMillis};

use super::super::chunk::{Head, Samples, Sealed};
use super::super::labels::Labels;
use super::format::{Kept, Payload};
use super::segment::{self, Segment, Writer};

/// What a file covers at most.
const SEGMENT_MS: i64 = HOUR;

/// A series of a tenant. Outlived by its place: then it leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::collector) struct SeriesRef {
    place: usize,
    epoch: u32,
}

#[derive(Debug, Default)]
pub(in crate::collector) struct Tenant {
    dir: PathBuf,
    places: Vec<Place>,
    free: Vec<usize>,
    by_labels: HashMap<Labels, SeriesRef>,
    writer: Option<Writer>,
    segments: VecDeque<Segment>,
    /// Series that have a number in the writer's file.
    numbered: Vec<SeriesRef>,
}

#[derive(Debug, Default)]
struct Place {
    epoch: u32,
    series: Option<Series>,
}

#[derive(Debug)]
pub(in crate::collector) struct Series {
    labels: Labels,
    sealed: VecDeque<Sealed>,
    head: Head,
    /// How much of the head is on disk, and whether the file knows the series.
    kept: Kept,
    number: Option<u32>,
}

impl Series {
    pub(in crate::collector) fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Samples in order; chunks that end before `from` are left out whole.
    pub(in crate::collector) fn samples(&self, from: i64) -> impl Iterator<Item = (i64, u64)> {
        let sealed = self.sealed.iter().filter(move |chunk| chunk.last >= from).flat_map(Sealed::samples);
        sealed.chain(Head::samples(&self.head))
    }

    /// The newest sample's instant.
    pub(in crate::collector) fn last(&self) -> i64 {
        if self.head.count() > 0 { self.head.last() } else { self.sealed.back().map_or(i64::MIN, |chunk| chunk.last) }
    }

    pub(in crate::collector) fn last_sample(&self) -> Option<(i64, u64)> {
        let newest: Samples<'_> =
            if self.head.count() > 0 { self.head.samples() } else { self.sealed.back()?.samples() };
        newest.last()
    }

    fn size(&self) -> usize {
        let chunks: usize = self.sealed.iter().map(Sealed::size).sum();
        size_of::<Self>() + 2 * self.labels.as_bytes().len() + chunks + self.head.bytes().len()
    }

    fn count(&self) -> u64 {
        let sealed: u64 = self.sealed.iter().map(|chunk| u64::from(chunk.count())).sum();
        sealed + u64::from(self.head.count())
    }

    fn chunk_bytes(&self) -> usize {
        self.sealed.iter().map(Sealed::size).sum::<usize>() + self.head.bytes().len()
    }

    fn seal(&mut self) {
        self.sealed.extend(std::mem::take(&mut self.head).seal());
        (self.kept, self.number) = (Kept::default(), None);
    }
}

impl Tenant {
    /// What `dir` holds that is not older than `since`; a directory that is not there is empty.
    pub(super) fn open(dir: PathBuf, since: i64) -> io::Result<Self> {
        let mut tenant = Self { dir, ..Self::default() };
        let files = if tenant.dir.is_dir() { segment::files(&tenant.dir)? } else { Vec::new() };
        for path in files {
            let opened = segment::open(path)?;
            if opened.segment.last < since {
                opened.segment.delete()?;
                continue;
            }
            for (labels, chunk) in opened.chunks {
                let found = tenant.series_of(labels);
                if let Some(series) = tenant.series_mut(found).filter(|series| series.last() < chunk.first) {
                    series.sealed.push_back(chunk);
                }
            }
            tenant.segments.push_back(opened.segment);
        }
        Ok(tenant)
    }

    pub(in crate::collector) fn len(&self) -> usize {
        self.by_labels.len()
    }

    pub(in crate::collector) fn series(&self) -> impl Iterator<Item = &Series> {
        self.places.iter().filter_map(|place| place.series.as_ref())
    }

    fn series_mut(&mut self, found: SeriesRef) -> Option<&mut Series> {
        let place = self.places.get_mut(found.place).filter(|place| place.epoch == found.epoch)?;
        place.series.as_mut()
    }

    pub(in crate::collector) fn find(&self, labels: &Labels) -> Option<SeriesRef> {
        self.by_labels.get(labels).copied()
    }

    /// The series with these labels, made when there is none.
    pub(in crate::collector) fn series_of(&mut self, labels: Labels) -> SeriesRef {
        if let Some(found) = self.by_labels.get(&labels) {
            return *found;
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::default());
            self.places.len() - 1
        });
        let series = Series {
            labels: labels.clone(),
            sealed: VecDeque::new(),
            head: Head::default(),
            kept: Kept::default(),
            number: None,
        };
        let mut epoch = 0;
        if let Some(place) = self.places.get_mut(index) {
            place.series = Some(series);
            epoch = place.epoch;
        }
        let made = SeriesRef { place: index, epoch };
        self.by_labels.insert(labels, made);
        made
    }

    /// A sample that is not newer than the series' last is dropped. `false`: there is no such series any more.
    pub(in crate::collector) fn append(&mut self, to: SeriesRef, at: i64, value: u64) -> bool {
        let Some(series) = self.series_mut(to) else { return false };
        if series.last() < at {
            series.head.append(at, value);
        }
        true
    }

    /// Memory that its samples and labels take, bytes.
    pub(super) fn size(&self) -> usize {
        self.series().map(Series::size).sum()
    }

    /// Samples, and the bytes of the chunks they are in.
    pub(super) fn density(&self) -> (u64, usize) {
        self.series().fold((0, 0), |(count, bytes), series| (count + series.count(), bytes + series.chunk_bytes()))
    }

    pub(super) fn on_disk(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum::<u64>() + self.writer.as_ref().map_or(0, Writer::bytes)
    }

    /// Writes what came since the last time, and begins a new file when the present one is full.
    ///
    /// # Errors
    /// When the disk refuses; what it did not take stays in memory only, and a new file is begun.
    pub(super) fn flush(&mut self, now: UtcMillis) -> io::Result<()> {
        let written = self.write(now);
        let full = self.writer.as_ref().is_some_and(|writer| now.0 - writer.opened >= SEGMENT_MS);
        if full || written.is_err() {
            self.roll();
        }
        written
    }

    fn write(&mut self, now: UtcMillis) -> io::Result<()> {
        let mut payload = Payload::default();
        for (index, place) in self.places.iter_mut().enumerate() {
            let Some(series) = place.series.as_mut().filter(|series| series.number.is_none()) else { continue };
            if series.head.count() > 0 {
                payload.name(&series.labels);
                series.number = u32::try_from(self.numbered.len()).ok();
                self.numbered.push(SeriesRef { place: index, epoch: place.epoch });
            }
        }
        for (number, found) in (0..).zip(&self.numbered) {
            let place = self.places.get_mut(found.place).filter(|place| place.epoch == found.epoch);
            if let Some(series) = place.and_then(|place| place.series.as_mut())
                && series.head.count() > series.kept.count
            {
                payload.gain(number, &series.head, &mut series.kept);
            }
        }
        if payload.is_empty() {
            return Ok(());
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                super::make_dir(&self.dir)?;
                none.insert(Writer::create(&self.dir, now.0)?)
            }
        };
        writer.append(&payload.into_bytes())
    }

    /// Ends the present file: all chunks are sealed.
    fn roll(&mut self) {
        for series in self.places.iter_mut().filter_map(|place| place.series.as_mut()) {
            series.seal();
        }
        self.numbered.clear();
        let last = self.series().map(Series::last).max().unwrap_or(i64::MIN);
        self.segments.extend(self.writer.take().map(|writer| writer.close(last)));
    }

    /// Forgets what is older than `since`: files, chunks, and series that have none left.
    pub(super) fn expire(&mut self, since: i64) -> io::Result<()> {
        while let Some(segment) = self.segments.pop_front_if(|segment| segment.last < since) {
            segment.delete()?;
        }
        for (index, place) in self.places.iter_mut().enumerate() {
            let Some(series) = &mut place.series else { continue };
            while series.sealed.pop_front_if(|chunk| chunk.last < since).is_some() {}
            if series.sealed.is_empty() && series.head.count() == 0 {
                self.by_labels.remove(&series.labels);
                *place = Place { epoch: place.epoch.wrapping_add(1), series: None };
                self.free.push(index);
            }
        }
        Ok(())
    }

    /// Gives up its oldest file. `false`: there is none but the one being written.
    pub(super) fn shorten(&mut self) -> io::Result<bool> {
        let Some(oldest) = self.segments.front().map(|segment| segment.last) else { return Ok(false) };
        self.expire(oldest.saturating_add(1))?;
        Ok(true)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_labels.is_empty() && self.segments.is_empty() && self.writer.is_none()
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}
