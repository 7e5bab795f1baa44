//! Which groups of facts follow from which.

use super::Group;
use crate::detect::Family;
use crate::fact::FactKind;
use crate::time::MINUTE;

/// From this many targets that died together on, the cause is sought outside of them.
pub(super) const MANY_TARGETS: usize = 3;
/// Targets that died within this span died together.
const TOGETHER: i64 = 3 * MINUTE;
/// An effect may show this much before its cause: scrapes of two exporters are not simultaneous.
const SLACK: i64 = 2 * MINUTE;
/// Errors elsewhere follow from a death if they began within this span after it.
const AFTERMATH: i64 = 10 * MINUTE;

/// On one instance: a family and what it is known to bring about.
const CAUSES: [(Family, &[Family]); 9] = [
    (Family::Hardware, &[Family::Disk, Family::Cpu, Family::Restart]),
    (
        Family::Memory,
        &[
            Family::Cpu,
            Family::Disk,
            Family::Restart,
            Family::Service,
            Family::Requests,
            Family::Probe,
            Family::Application,
        ],
    ),
    (Family::Restart, &[Family::Service, Family::Requests, Family::Probe, Family::Clock, Family::Application]),
    (Family::Disk, &[Family::Service, Family::Requests, Family::Probe, Family::Application]),
    (Family::Conntrack, &[Family::Network, Family::Requests, Family::Probe]),
    (Family::Descriptors, &[Family::Network, Family::Service, Family::Requests, Family::Probe, Family::Application]),
    (Family::Cpu, &[Family::Requests, Family::Probe, Family::Application]),
    (Family::Network, &[Family::Requests, Family::Probe, Family::Application]),
    (Family::Service, &[Family::Requests, Family::Probe, Family::Application]),
];

/// What a machine has only once: trouble with it reaches every exporter and application at that address, whatever its port.
const OF_THE_MACHINE: [Family; 6] =
    [Family::Hardware, Family::Memory, Family::Disk, Family::Cpu, Family::Conntrack, Family::Network];
/// What grows where requests wait for something dead, and are sent again.
const OF_WAITING: [Family; 2] = [Family::Cpu, Family::Application];

/// Joins what follows from something else into its cause.
pub(super) fn join(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    // Deaths elsewhere come first: what retries against something dead is busy, and would pass for the cause.
    let groups = across(groups);
    let groups = on_one_instance(groups);
    together(groups)
}

fn on_one_instance(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let mut kept: Vec<Group<'_>> = Vec::new();
    // Causes are taken in before their effects, standing groups before supporting ones.
    let mut waiting = groups;
    waiting.sort_by_key(|group| (!group.stands(), rank(group.family)));
    for group in waiting {
        match kept.iter_mut().find(|cause| causes(cause, &group)) {
            Some(cause) => {
                let why = because(cause, &group);
                cause.absorb(group, why);
            }
            None => kept.push(group),
        }
    }
    kept
}

fn rank(family: Family) -> usize {
    let place = CAUSES.iter().position(|(cause, _)| *cause == family);
    if family == Family::Target { 0 } else { place.map_or(usize::MAX, |index| index + 1) }
}

/// A target that tells nothing explains whatever looks odd on it; one that comes and goes explains nothing but itself.
fn is_silent(group: &Group<'_>) -> bool {
    group.family == Family::Target && group.facts.iter().any(|fact| !matches!(fact.kind, FactKind::Flapping { .. }))
}

fn causes(cause: &Group<'_>, effect: &Group<'_>) -> bool {
    let here = cause.instance == effect.instance;
    if here && (is_silent(cause) || !effect.stands()) {
        return true;
    }
    let reaches = OF_THE_MACHINE.contains(&cause.family) && host(cause.instance) == host(effect.instance);
    (here || reaches) && explains(cause, effect)
}

/// `10.0.0.5` of `10.0.0.5:9100`; a probed URL stands for itself.
fn host(instance: &str) -> &str {
    match instance.rsplit_once(':') {
        Some((host, port)) if !instance.contains("//") && port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => instance,
    }
}

/// By what the two families are, and by which began first.
fn explains(cause: &Group<'_>, effect: &Group<'_>) -> bool {
    // Two full disks are two failures, and space never runs out because of something else.
    let fills = effect.family == Family::Disk && effect.facts.iter().any(|fact| is_capacity(&fact.kind));
    let known = CAUSES.iter().any(|(family, effects)| *family == cause.family && effects.contains(&effect.family));
    known && !fills && cause.onset() <= effect.onset() + SLACK
}

fn is_capacity(kind: &FactKind) -> bool {
    matches!(kind, FactKind::Saturation { .. } | FactKind::Trend { .. } | FactKind::BadState)
}

fn because(cause: &Group<'_>, effect: &Group<'_>) -> String {
    match cause.family {
        Family::Target => "the target is down, so its other series are missing".to_owned(),
        _ if !effect.stands() => format!("changed together on {}", cause.instance),
        _ => format!("{} began before {} on {}", word(cause.family), word(effect.family), cause.instance),
    }
}

/// Targets that died within minutes of each other have one cause outside of them.
fn together(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let (mut dead, mut rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| {
        group.family == Family::Target && group.facts.iter().any(|fact| fact.kind == FactKind::TargetDown)
    });
    dead.sort_by(|a, b| a.onset().cmp(&b.onset()).then_with(|| a.instance.cmp(b.instance)));
    while let Some(first) = dead.first() {
        let onset = first.onset();
        let count = dead.iter().take_while(|group| group.onset().since(onset) <= TOGETHER).count();
        let mut batch = dead.drain(..count);
        if count < MANY_TARGETS {
            rest.extend(batch);
            continue;
        }
        let Some(mut common) = batch.next() else { break };
        for group in batch {
            common.absorb(group, format!("{count} targets died within {} min", TOGETHER / MINUTE));
        }
        rest.push(common);
    }
    rest
}

/// Requests and probes that began to fail just after a target or service died elsewhere, and what grew beside them since.
fn across(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let (mut deaths, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(is_death);
    let is_symptom = |group: &Group<'_>| matches!(group.family, Family::Requests | Family::Probe);
    let mut struck: Vec<(usize, &str)> = Vec::new();
    for symptom in others.iter().filter(|group| is_symptom(group)) {
        let follows = |death: &Group<'_>| follows(symptom, death) && !was_in_trouble(&others, symptom, death);
        if let Some(index) = deaths.iter().position(follows) {
            struck.push((index, symptom.instance));
        }
    }
    for (index, instance) in struck {
        let Some(death) = deaths.get_mut(index) else { continue };
        let (joining, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|group| {
            let waits = OF_WAITING.contains(&group.family) && host(group.instance) == host(instance);
            (group.instance == instance && is_symptom(group) || waits) && follows(group, death)
        });
        for group in joining {
            let why = format!("{} on {} changed after {} died", word(group.family), group.instance, death.instance);
            death.absorb(group, why);
        }
        others = rest;
    }
    others.extend(deaths);
    others
}

fn is_death(group: &Group<'_>) -> bool {
    matches!(group.family, Family::Target | Family::Service) && group.stands()
}

fn follows(group: &Group<'_>, death: &Group<'_>) -> bool {
    let after = group.onset().since(death.onset());
    death.instance != group.instance && (-SLACK..=AFTERMATH).contains(&after)
}

/// Something on its own machine explains the symptom and began well before the death did.
fn was_in_trouble(groups: &[Group<'_>], symptom: &Group<'_>, death: &Group<'_>) -> bool {
    groups.iter().any(|group| {
        group.stands()
            && group.onset() + SLACK < death.onset()
            && host(group.instance) == host(symptom.instance)
            && explains(group, symptom)
            && group.family != symptom.family
    })
}

fn word(family: Family) -> &'static str {
    match family {
        Family::Target => "the target's death",
        Family::Restart => "the restart",
        Family::Memory => "memory pressure",
        Family::Disk => "disk trouble",
        Family::Cpu => "processor load",
        Family::Network => "network trouble",
        Family::Descriptors => "descriptor exhaustion",
        Family::Conntrack => "connection-table exhaustion",
        Family::Clock => "clock trouble",
        Family::Service => "the service's failure",
        Family::Hardware => "hardware trouble",
        Family::Certificate => "certificate expiry",
        Family::Probe => "probes",
        Family::Requests => "requests",
        Family::Application => "application metrics",
    }
}
