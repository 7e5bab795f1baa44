//! The gate: whether a batch is worth a model's time. A quiet batch costs nothing and leaves a receipt that says so.

use crate::detect::Findings;
use crate::settings::AnalysisMode;

/// What the gate decided, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Nothing is outside its baseline; nobody is asked.
    Quiet { series: u32 },
    /// There are facts to judge.
    Open { series: u32, outside: u32, targets: u32, targets_down: u32 },
    /// Nothing is outside, but the tenant asks about every batch.
    Always { series: u32 },
}

/// Decides from what was found and what the tenant chose.
#[must_use]
pub fn decide(findings: &Findings, mode: AnalysisMode) -> Gate {
    let Findings { series, outside, targets, targets_down, .. } = *findings;
    match (findings.facts.is_empty(), mode) {
        (false, _) => Gate::Open { series, outside, targets, targets_down },
        (true, AnalysisMode::Gated) => Gate::Quiet { series },
        (true, AnalysisMode::EveryBatch) => Gate::Always { series },
    }
}

impl Gate {
    /// Whether an analyst is to be asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Quiet { .. })
    }

    /// `0 of 214 series outside baseline`, `3 of 214 series outside baseline; 1 of 2 targets down`; `…; 2 as usual at this time` of
    /// those that would be outside if they did not do so `habitually`.
    #[must_use]
    pub fn receipt_text(&self, habitually: u32) -> String {
        let excused = if habitually == 0 { String::new() } else { format!("; {habitually} as usual at this time") };
        let text = match *self {
            Self::Quiet { series } => outside_text(0, series),
            Self::Always { series } => format!("{}; every batch is analysed", outside_text(0, series)),
            Self::Open { series, outside, targets_down: 0, .. } => outside_text(outside, series),
            Self::Open { series, outside, targets, targets_down } => {
                let noun = if targets == 1 { "target" } else { "targets" };
                format!("{}; {targets_down} of {targets} {noun} down", outside_text(outside, series))
            }
        };
        text + &excused
    }
}

fn outside_text(outside: u32, series: u32) -> String {
    format!("{outside} of {series} series outside baseline")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{examine, fixture};

    #[test]
    fn a_quiet_batch_leaves_a_receipt_and_calls_nobody() {
        let findings = Findings { series: 214, targets: 1, ..Findings::default() };
        let gate = decide(&findings, AnalysisMode::Gated);
        assert!(!gate.is_open());
        assert_eq!(gate.receipt_text(0), "0 of 214 series outside baseline");
        assert_eq!(gate.receipt_text(2), "0 of 214 series outside baseline; 2 as usual at this time");
        let always = decide(&findings, AnalysisMode::EveryBatch);
        assert!(always.is_open());
        assert_eq!(always.receipt_text(0), "0 of 214 series outside baseline; every batch is analysed");
    }

    #[test]
    fn a_dead_target_opens_it() {
        let findings = examine(&fixture::host("web:9100").down("connection refused").set());
        let gate = decide(&findings, AnalysisMode::Gated);
        assert!(gate.is_open());
        assert!(gate.receipt_text(0).ends_with("; 1 of 1 target down"), "{}", gate.receipt_text(0));
    }
}
