//! Processors: saturated, waiting for disks, or taken by the hypervisor. Modes are averaged over an instance's CPUs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::sustained;
use crate::detect::draft::Draft;
use crate::detect::survey::{Survey, last, seconds};
use crate::fact::FactKind;
use crate::metric::{Series, Unit};
use crate::units::humanise;

const BUSY: f64 = 0.95;
const WAITING: f64 = 0.3;
const STOLEN: f64 = 0.15;
/// A compiler may use everything for a moment: busy must last this long, or twice the window where that is shorter.
const BUSY_SECONDS: f64 = 120.0;

/// One instance's time at rest, waiting and stolen: averages over its CPUs.
#[derive(Debug)]
struct Modes<'a> {
    any: &'a Series,
    cpus: usize,
    sums: BTreeMap<&'a str, Vec<f64>>,
}

pub(crate) fn examine<'a>(survey: &Survey<'a>) -> Vec<Draft<'a>> {
    let mut found = Vec::new();
    for metric in ["node_cpu_seconds_total", "windows_cpu_time_total"] {
        for modes in by_instance(survey, metric).values() {
            found.extend(busy(survey, modes));
            found.extend(share(survey, modes, "iowait", WAITING, 58.0, "waits for disks"));
            found.extend(share(survey, modes, "steal", STOLEN, 62.0, "is taken by the hypervisor"));
        }
    }
    found
}

fn by_instance<'a>(survey: &Survey<'a>, metric: &str) -> BTreeMap<&'a str, Modes<'a>> {
    let mut instances: BTreeMap<&str, Modes<'a>> = BTreeMap::new();
    // In the order of names, so that sums do not depend on how the series were gathered.
    for series in survey.metrics(|name| name == metric) {
        let Some(mode) = series.id.labels.get("mode").map(String::as_str) else { continue };
        let modes = instances.entry(series.id.instance()).or_insert_with(|| Modes {
            any: series,
            cpus: 0,
            sums: BTreeMap::new(),
        });
        modes.cpus += usize::from(mode == "idle");
        let sum = modes.sums.entry(mode).or_insert_with(|| vec![0.0; series.values.len()]);
        for (total, value) in sum.iter_mut().zip(&series.values) {
            *total += value;
        }
    }
    instances
}

impl<'a> Modes<'a> {
    #[expect(clippy::cast_precision_loss, reason = "a count of processors")]
    fn average(&self, mode: &str) -> Option<Vec<f64>> {
        let cpus = self.cpus.max(1) as f64;
        Some(self.sums.get(mode)?.iter().map(|sum| (sum / cpus).clamp(0.0, 1.0)).collect())
    }

    fn draft(&self, mode: &str, column: Vec<f64>, kind: FactKind, score: f64) -> Draft<'a> {
        let mut draft = Draft::about(self.any, kind, score);
        draft.series.labels.retain(|name, _| name != "cpu" && name != "core");
        draft.series.labels.insert("mode".to_owned(), mode.to_owned());
        draft.column = Cow::Owned(column);
        #[expect(clippy::cast_precision_loss, reason = "a count of processors")]
        draft.number("cpus", self.cpus as f64, Unit::Count)
    }
}

fn busy<'a>(survey: &Survey<'a>, modes: &Modes<'a>) -> Option<Draft<'a>> {
    let mut column = modes.average("idle")?;
    if let Some(waiting) = modes.average("iowait") {
        column.iter_mut().zip(waiting).for_each(|(idle, waiting)| *idle += waiting);
    }
    column.iter_mut().for_each(|rest| *rest = (1.0 - *rest).clamp(0.0, 1.0));
    let start = sustained(survey, &column, |share| share >= BUSY)?;
    let since = survey.at(start);
    if survey.lasting(since) < BUSY_SECONDS.min(2.0 * seconds(survey.set.window.millis())) {
        return None;
    }
    let (_, share) = last(&column)?;
    let cpus = if modes.cpus == 1 { "1 CPU".to_owned() } else { format!("{} CPUs", modes.cpus) };
    let text = format!(
        "{} uses {} of its {cpus}, {}",
        survey.name(modes.any.id.instance()),
        humanise(share, Unit::Ratio),
        survey.lasting_text(since)
    );
    let draft = modes.draft("busy", column, FactKind::Saturation { used: share }, 40.0 + 10.0 * share);
    Some(draft.observed(share, Unit::Ratio).since(since).expected(0.0, BUSY).text(text))
}

fn share<'a>(
    survey: &Survey<'a>,
    modes: &Modes<'a>,
    mode: &str,
    limit: f64,
    score: f64,
    what: &str,
) -> Option<Draft<'a>> {
    let column = modes.average(mode)?;
    let since = survey.at(sustained(survey, &column, |share| share >= limit)?);
    let (_, share) = last(&column)?;
    let text = format!(
        "{} of the CPU time of {} {what}, {}",
        humanise(share, Unit::Ratio),
        survey.name(modes.any.id.instance()),
        survey.lasting_text(since)
    );
    let draft = modes.draft(mode, column, FactKind::Saturation { used: share }, score + 10.0 * share);
    Some(draft.observed(share, Unit::Ratio).since(since).expected(0.0, limit).text(text))
}
