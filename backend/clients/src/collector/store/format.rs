//! How a segment looks on disk: a magic, then records of length, checksum and payload.
//!
//! A payload says which series are new to the file (their labels, numbered in order) and which bits their chunks have gained. A chunk
//! only grows, so gained bits are its bytes from the last, partly filled one on. Every file begins with empty chunks, so that a record
//! that was lost spoils at most the rest of its file.

use super::super::chunk::{Head, Sealed};
use super::super::labels::Labels;

/// Name and version of the format.
pub(super) const MAGIC: &[u8; 8] = b"wkseg\0\0\x01";
/// Longest payload that is believed.
pub(super) const MAX_PAYLOAD: usize = 256 << 20;
/// Length and checksum before a payload.
pub(super) const FRAME: usize = 8;

/// CRC-32 (ISO 3309), the one of gzip.
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut n: u32 = 0;
        while n < 256 {
            let mut crc = n;
            let mut bit = 0;
            while bit < 8 {
                crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
                bit += 1;
            }
            #[expect(clippy::indexing_slicing, reason = "n is below the table's length")]
            {
                table[n as usize] = crc;
            }
            n += 1;
        }
        table
    };
    let step = |crc: u32, byte: &u8| {
        let [low, ..] = (crc ^ u32::from(*byte)).to_le_bytes();
        TABLE.get(usize::from(low)).copied().unwrap_or_default() ^ (crc >> 8)
    };
    !bytes.iter().fold(!0, step)
}

/// A record ready to be appended.
pub(super) fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut record = Vec::with_capacity(FRAME + payload.len());
    record.extend_from_slice(&length.to_le_bytes());
    record.extend_from_slice(&checksum(payload).to_le_bytes());
    record.extend_from_slice(payload);
    record
}

/// The payload that `bytes` begins with, if it is whole.
pub(super) fn unframed(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (expected, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= MAX_PAYLOAD)?;
    let payload = rest.get(..length)?;
    (checksum(payload) == u32::from_le_bytes(*expected)).then_some(payload)
}

/// Builds a payload: all new series first, then all gains in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Payload {
    names: Vec<u8>,
    named: u64,
    gains: Vec<u8>,
    last: u64,
}

/// How much of a chunk is on disk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) bits: u64,
    pub(super) count: u32,
}

impl Payload {
    pub(super) fn name(&mut self, labels: &Labels) {
        put(&mut self.names, labels.as_bytes().len() as u64);
        self.names.extend_from_slice(labels.as_bytes());
        self.named += 1;
    }

    /// What `head` has gained since `kept`; afterwards all of it is.
    pub(super) fn gain(&mut self, number: u32, head: &Head, kept: &mut Kept) {
        put(&mut self.gains, u64::from(number) - self.last);
        put(&mut self.gains, u64::from(head.count() - kept.count));
        put(&mut self.gains, head.bits() - kept.bits);
        let from = usize::try_from(kept.bits / 8).unwrap_or(usize::MAX);
        self.gains.extend_from_slice(head.bytes().get(from..).unwrap_or_default());
        self.last = u64::from(number);
        *kept = Kept { bits: head.bits(), count: head.count() };
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gains.is_empty()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(self.names.len() + self.gains.len() + 10);
        put(&mut payload, self.named);
        payload.extend_from_slice(&self.names);
        payload.extend_from_slice(&self.gains);
        payload
    }
}

/// Chunks that grow as records are read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    chunks: Vec<Grown>,
}

#[derive(Debug)]
struct Grown {
    labels: Labels,
    bytes: Vec<u8>,
    kept: Kept,
}

impl Reading {
    /// `None`, and the record counts for nothing, when a payload contradicts itself although its checksum is right.
    pub(super) fn add(&mut self, mut payload: &[u8]) -> Option<()> {
        let rest = &mut payload;
        for _ in 0..get(rest)? {
            let length = usize::try_from(get(rest)?).ok()?;
            let labels = Labels::from_bytes(rest.split_off(..length)?)?;
            self.chunks.push(Grown { labels, bytes: Vec::new(), kept: Kept::default() });
        }
        let mut number = 0_usize;
        while !rest.is_empty() {
            number = number.checked_add(usize::try_from(get(rest)?).ok()?)?;
            let (count, bits) = (u32::try_from(get(rest)?).ok()?, get(rest)?);
            let grown = self.chunks.get_mut(number)?;
            let kept = Kept { bits: grown.kept.bits.checked_add(bits)?, count: grown.kept.count.checked_add(count)? };
            let from = usize::try_from(grown.kept.bits / 8).ok()?;
            let to = usize::try_from(kept.bits.div_ceil(8)).ok()?;
            grown.bytes.truncate(from);
            grown.bytes.extend_from_slice(rest.split_off(..to.checked_sub(from)?)?);
            grown.kept = kept;
        }
        Some(())
    }

    /// Every chunk that can be decoded.
    pub(super) fn finish(self) -> impl Iterator<Item = (Labels, Sealed)> {
        self.chunks
            .into_iter()
            .filter_map(|Grown { labels, bytes, kept }| Some((labels, Sealed::read(bytes, kept.count)?)))
    }
}

/// Appends a number in groups of seven bits, the lowest first (LEB128).
fn put(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

fn get(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(checksum(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_cut_or_changed_record_is_not_believed() {
        let record = framed(b"payload");
        assert_eq!(unframed(&record), Some(&b"payload"[..]));
        for cut in 0..record.len() {
            assert_eq!(unframed(&record[..cut]), None, "{cut}");
            let mut changed = record.clone();
            changed[cut] ^= 0x10;
            assert_eq!(unframed(&changed), None, "{cut}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(number in any::<u64>()) {
            let mut out = Vec::new();
            put(&mut out, number);
            prop_assert_eq!(get(&mut &out[..]), Some(number));
        }

        #[test]
        fn chunks_written_piece_by_piece_come_back_whole(
            pieces in prop::collection::vec(prop::collection::vec((0..3_u32, any::<u64>()), 0..12), 1..6),
        ) {
            let labels: Vec<_> = (0..3).map(|n| Labels::new(&format!("m{n}"), &BTreeMap::new())).collect();
            let mut heads: Vec<(Head, Kept, bool)> = vec![(Head::default(), Kept::default(), false); 3];
            let (mut reading, mut at) = (Reading::default(), 0);
            let mut order = Vec::new();
            for piece in pieces {
                for (n, value) in piece {
                    at += 1000;
                    heads[n as usize].0.append(at, value);
                }
                let mut payload = Payload::default();
                for (n, (head, _, named)) in heads.iter_mut().enumerate() {
                    if head.count() > 0 && !*named {
                        payload.name(&labels[n]);
                        order.push(n);
                        *named = true;
                    }
                }
                for (number, n) in order.iter().enumerate() {
                    let (head, kept, _) = &mut heads[*n];
                    if head.count() > kept.count {
                        payload.gain(number as u32, head, kept);
                    }
                }
                prop_assert!(reading.add(&payload.into_bytes()).is_some());
            }
            let found: Vec<_> = reading.finish().collect();
            let expected: Vec<_> = order.iter().map(|n| (labels[*n].clone(), heads[*n].0.clone().seal().unwrap())).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut reading = Reading::default();
            reading.add(&bytes);
            reading.finish().count();
        }
    }
}
