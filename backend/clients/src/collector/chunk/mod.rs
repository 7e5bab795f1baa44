//! Compressed runs of samples: delta-of-delta timestamps and XORed floats (Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory
//! Time Series Database", VLDB 2015, section 4.1), with the bucket widths that suit milliseconds.
//!
//! A sample that comes when expected and has the value of the one before takes two bits. A chunk only grows at its end, so what was
//! written to disk of it once never changes but for its last, partly filled byte.

mod bits;

use self::bits::{BitReader, BitWriter};

/// The value that ends a series at once: a NaN that no exposition can produce, the one that Prometheus uses.
pub(super) const STALE: u64 = 0x7ff0_0000_0000_0002;
/// What any other NaN is kept as.
const NAN: u64 = 0x7ff8_0000_0000_0001;

/// The bits under which a scraped value is kept.
pub(super) fn value_bits(value: f64) -> u64 {
    if value.is_nan() { NAN } else { value.to_bits() }
}

/// A chunk that samples are appended to.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    out: BitWriter,
    count: u32,
    first: i64,
    last: i64,
    delta: i64,
    value: u64,
    /// The window of meaningful bits that the last value that needed one set; `leading + trailing` is 64 before the first.
    leading: u32,
    trailing: u32,
}

impl Head {
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn bits(&self) -> u64 {
        self.out.bits()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.out.bytes()
    }

    /// `false`, and nothing is kept, for an instant that is not after the last one.
    pub(super) fn append(&mut self, at: i64, value: u64) -> bool {
        if self.count == 0 {
            (self.first, self.leading, self.trailing) = (at, 64, 0);
            self.out.push(at.cast_unsigned(), 64);
            self.out.push(value, 64);
        } else {
            if at <= self.last {
                return false;
            }
            let delta = at - self.last;
            self.append_time(delta.wrapping_sub(self.delta));
            self.append_value(value);
            self.delta = delta;
        }
        (self.last, self.value) = (at, value);
        self.count += 1;
        true
    }

    fn append_time(&mut self, change: i64) {
        let bucket = BUCKETS.iter().find(|(_, _, width)| {
            let half = 1_i64 << (width - 1);
            (-half..half).contains(&change)
        });
        match (change, bucket) {
            (0, _) => self.out.bit(false),
            (_, Some((prefix, length, width))) => {
                self.out.push(*prefix, *length);
                self.out.push(change.cast_unsigned() & ((1 << width) - 1), *width);
            }
            (_, None) => {
                self.out.push(0b1111, 4);
                self.out.push(change.cast_unsigned(), 64);
            }
        }
    }

    fn append_value(&mut self, value: u64) {
        let changed = value ^ self.value;
        if changed == 0 {
            self.out.bit(false);
            return;
        }
        self.out.bit(true);
        // Five bits hold the number of leading zeros.
        let (leading, trailing) = (changed.leading_zeros().min(31), changed.trailing_zeros());
        if leading >= self.leading && trailing >= self.trailing && self.leading < 64 {
            self.out.bit(false);
        } else {
            (self.leading, self.trailing) = (leading, trailing);
            self.out.bit(true);
            self.out.push(u64::from(leading), 5);
            // 64 meaningful bits are written as 0: six bits end at 63.
            self.out.push(u64::from((64 - leading - trailing) % 64), 6);
        }
        self.out.push(changed >> self.trailing, 64 - self.leading - self.trailing);
    }

    pub(super) fn samples(&self) -> Samples<'_> {
        Samples::new(self.out.bytes(), self.count)
    }

    /// `None` for a chunk without samples.
    pub(super) fn seal(self) -> Option<Sealed> {
        let Self { out, count, first, last, .. } = self;
        (count > 0).then(|| Sealed { bytes: out.into_bytes().into_boxed_slice(), count, first, last })
    }
}

/// Prefix, its length, and how many bits of a change in distance follow.
const BUCKETS: [(u64, u32, u32); 3] = [(0b10, 2, 14), (0b110, 3, 17), (0b1110, 4, 20)];

/// A chunk that does not change any more.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sealed {
    bytes: Box<[u8]>,
    count: u32,
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Sealed {
    /// From what was kept on disk; `None` unless it holds `count` samples in order.
    pub(super) fn read(bytes: Vec<u8>, count: u32) -> Option<Self> {
        let (mut seen, mut first, mut last) = (0, i64::MAX, i64::MIN);
        for (at, _) in Samples::new(&bytes, count) {
            if at <= last {
                return None;
            }
            (seen, first, last) = (seen + 1, first.min(at), at);
        }
        (seen == count && count > 0).then(|| Self { bytes: bytes.into_boxed_slice(), count, first, last })
    }

    pub(super) fn size(&self) -> usize {
        self.bytes.len() + size_of::<Self>()
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn samples(&self) -> Samples<'_> {
        Samples::new(&self.bytes, self.count)
    }
}

/// The samples of a chunk in order: milliseconds and the bits of the value.
#[derive(Debug, Clone)]
pub(super) struct Samples<'a> {
    bits: BitReader<'a>,
    left: u32,
    at: Option<i64>,
    delta: i64,
    value: u64,
    leading: u32,
    trailing: u32,
}

impl<'a> Samples<'a> {
    fn new(bytes: &'a [u8], count: u32) -> Self {
        Self { bits: BitReader::new(bytes), left: count, at: None, delta: 0, value: 0, leading: 0, trailing: 0 }
    }

    fn change(&mut self) -> Option<i64> {
        if !self.bits.bit()? {
            return Some(0);
        }
        for (_, _, width) in BUCKETS {
            if !self.bits.bit()? {
                // Sign-extended from its width.
                let shift = 64 - width;
                return Some((self.bits.take(width)? << shift).cast_signed() >> shift);
            }
        }
        self.bits.take(64).map(u64::cast_signed)
    }

    fn changed(&mut self) -> Option<u64> {
        if !self.bits.bit()? {
            return Some(0);
        }
        if self.bits.bit()? {
            self.leading = u32::try_from(self.bits.take(5)?).ok()?;
            let meaningful = match u32::try_from(self.bits.take(6)?).ok()? {
                0 => 64,
                some => some,
            };
            self.trailing = 64_u32.checked_sub(self.leading + meaningful)?;
        }
        let meaningful = 64_u32.checked_sub(self.leading + self.trailing)?;
        self.bits.take(meaningful)?.checked_shl(self.trailing)
    }
}

impl Iterator for Samples<'_> {
    type Item = (i64, u64);

    fn next(&mut self) -> Option<(i64, u64)> {
        self.left = self.left.checked_sub(1)?;
        match self.at {
            None => {
                self.at = Some(self.bits.take(64)?.cast_signed());
                self.value = self.bits.take(64)?;
            }
            Some(at) => {
                self.delta = self.delta.wrapping_add(self.change()?);
                self.at = Some(at.wrapping_add(self.delta));
                self.value ^= self.changed()?;
            }
        }
        self.at.map(|at| (at, self.value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(samples: &[(i64, u64)]) -> Head {
        let mut head = Head::default();
        for (at, value) in samples {
            assert!(head.append(*at, *value), "{at}");
        }
        head
    }

    #[test]
    fn a_steady_series_takes_two_bits_a_sample() {
        let samples: Vec<_> = (0..240).map(|n| (1_795_248_000_000 + n * 15_000, 42.0_f64.to_bits())).collect();
        let head = filled(&samples);
        assert_eq!(head.samples().collect::<Vec<_>>(), samples);
        assert!(head.bits() <= 128 + 20 + 240 * 2, "{} bits", head.bits());
    }

    #[test]
    fn what_is_not_after_the_last_is_refused() {
        let mut head = filled(&[(10, 1)]);
        assert!(!head.append(10, 2) && !head.append(9, 2));
        assert_eq!(head.samples().collect::<Vec<_>>(), [(10, 1)]);
    }

    #[test]
    fn markers_and_infinities_survive() {
        let values = [STALE, value_bits(f64::NAN), f64::INFINITY.to_bits(), f64::NEG_INFINITY.to_bits(), 0, u64::MAX];
        let samples: Vec<_> = values.iter().zip(1..).map(|(value, at)| (at, *value)).collect();
        assert_eq!(filled(&samples).samples().collect::<Vec<_>>(), samples);
        assert_ne!(value_bits(f64::from_bits(STALE)), STALE, "no exposition ends a series by its value");
    }

    fn instants() -> impl Strategy<Value = Vec<i64>> {
        let gap = prop_oneof![
            4 => Just(15_000_i64), 2 => 1..30_000_i64, 1 => 1..200_000_i64, 1 => 1..2_000_000_i64, 1 => 1..1_i64 << 40,
        ];
        (-1_i64 << 45..1_i64 << 45, prop::collection::vec(gap, 0..200)).prop_map(|(first, gaps)| {
            let sum = |at: &mut i64, gap: i64| {
                *at += gap;
                Some(*at)
            };
            std::iter::once(first).chain(gaps.into_iter().scan(first, sum)).collect()
        })
    }

    fn values() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            any::<f64>().prop_map(f64::to_bits),
            (0..1000_i32).prop_map(|n| f64::from(n).to_bits())
        ]
    }

    proptest! {
        #[test]
        fn every_sample_comes_back(at in instants(), seed in prop::collection::vec(values(), 201)) {
            let samples: Vec<_> = at.into_iter().zip(seed).collect();
            let head = filled(&samples);
            prop_assert_eq!(head.samples().collect::<Vec<_>>(), samples.clone());
            let bytes = head.bytes().to_vec();
            let sealed = Sealed::read(bytes, head.count()).unwrap();
            prop_assert_eq!((sealed.first, sealed.last), (samples[0].0, samples.last().unwrap().0));
            prop_assert_eq!(Some(sealed), head.seal());
        }

        #[test]
        fn noise_is_refused_and_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), count in 0..500_u32) {
            Sealed::read(bytes, count);
        }
    }
}
