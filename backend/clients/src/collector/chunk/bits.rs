//! Bits, written most significant first into bytes, and read back.

/// A growing row of bits; the last byte is filled up with zeros.
#[derive(Debug, Clone, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Unused bits of the last byte, 0 to 7.
    free: u32,
}

impl BitWriter {
    pub(super) fn bits(&self) -> u64 {
        (self.bytes.len() as u64) * 8 - u64::from(self.free)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn bit(&mut self, bit: bool) {
        self.push(u64::from(bit), 1);
    }

    /// The lowest `count` (at most 64) bits of `value`.
    pub(super) fn push(&mut self, value: u64, count: u32) {
        let mut left = count;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let take = left.min(self.free);
            let part = (value >> (left - take)) & ((1 << take) - 1);
            if let Some(last) = self.bytes.last_mut() {
                // At most eight bits by the mask.
                *last |= u8::try_from(part << (self.free - take)).unwrap_or_default();
            }
            self.free -= take;
            left -= take;
        }
    }
}

/// Reads what [`BitWriter`] wrote; past the end it gives `None`.
#[derive(Debug, Clone)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn bit(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// The next `count` (at most 64) bits.
    pub(super) fn take(&mut self, count: u32) -> Option<u64> {
        let end = self.at + u64::from(count);
        if end > (self.bytes.len() as u64) * 8 {
            return None;
        }
        let mut value = 0;
        while self.at < end {
            let byte = u64::from(*self.bytes.get(usize::try_from(self.at / 8).ok()?)?);
            let offset = self.at % 8;
            let take = (8 - offset).min(end - self.at);
            let part = (byte >> (8 - offset - take)) & ((1 << take) - 1);
            value = (value << take) | part;
            self.at += take;
        }
        Some(value)
    }
}
