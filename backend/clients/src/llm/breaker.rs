//! A circuit breaker: after repeated failures a provider is left alone for a while, then one call tries it.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// Failures in a row that open the circuit.
const THRESHOLD: u32 = 5;
/// How long it stays open.
const REST: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
    },
    /// One call is out to see; a lost one is given up after the rest time.
    HalfOpen {
        until: Instant,
    },
}

#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: Mutex::new(State::Closed { failures: 0 }) }
    }
}

impl Breaker {
    /// Whether a call may go out now. In the half-open state only one may.
    pub fn admit(&self, now: Instant) -> bool {
        let mut state = self.state.lock();
        match *state {
            State::Closed { .. } => true,
            State::Open { until } | State::HalfOpen { until } if now < until => false,
            State::Open { .. } | State::HalfOpen { .. } => {
                *state = State::HalfOpen { until: now + REST };
                true
            }
        }
    }

    /// The provider worked, whatever it answered.
    pub fn succeeded(&self) {
        *self.state.lock() = State::Closed { failures: 0 };
    }

    pub fn failed(&self, now: Instant) {
        let mut state = self.state.lock();
        *state = match *state {
            State::Closed { failures } if failures + 1 < THRESHOLD => State::Closed { failures: failures + 1 },
            State::Closed { .. } | State::Open { .. } | State::HalfOpen { .. } => State::Open { until: now + REST },
        };
    }

    #[must_use]
    pub fn is_open(&self, now: Instant) -> bool {
        matches!(*self.state.lock(), State::Open { until } if now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_repeated_failures_and_lets_one_try() {
        let (breaker, start) = (Breaker::default(), Instant::now());
        for _ in 0..THRESHOLD {
            assert!(breaker.admit(start));
            breaker.failed(start);
        }
        assert!(!breaker.admit(start) && breaker.is_open(start));
        let later = start + REST;
        assert!(breaker.admit(later), "one may try");
        assert!(!breaker.admit(later), "only one");
        breaker.failed(later);
        assert!(!breaker.admit(later), "open again");
        assert!(breaker.admit(later + REST));
        breaker.succeeded();
        assert!(breaker.admit(later) && breaker.admit(later));
    }

    #[test]
    fn a_success_forgets_the_failures_before_it() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..3 * THRESHOLD {
            breaker.failed(now);
            breaker.succeeded();
        }
        assert!(breaker.admit(now));
    }
}
