//! Tables of fixed size: descriptors and tracked connections.

use super::case::{Case, observed, percent, said, used};
use super::reading::Reading;
use crate::fact::{Fact, FactKind};
use crate::verdict::Severity;

fn table<'a>(case: &Case<'a>, metrics: &[&str]) -> Option<&'a Fact> {
    case.any(metrics).filter(|fact| matches!(fact.kind, FactKind::Saturation { .. } | FactKind::Trend { .. }))
}

/// When it is or will be full.
fn when(case: &Case<'_>, fact: &Fact) -> String {
    match fact.kind {
        FactKind::Trend { .. } => format!("gaining {} and full in {}", said(fact, "gains"), said(fact, "full_in")),
        _ => case.lasting(fact),
    }
}

pub(crate) fn descriptors(case: &Case<'_>) -> Option<Reading> {
    let fact = table(case, &["node_filefd_allocated", "process_open_fds"])?;
    let name = &fact.target_name;
    let one = fact.series.metric == "process_open_fds";
    let whose = if one { "a process on it" } else { "the host" };
    Some(
        Reading::new(77, Severity::High, &format!("{name}: file descriptors are {} used", percent(used(fact)?)))
            .summary(format!(
                "{name}: {whose} has {} of {} file descriptors open, {}. High, because at the limit no file opens and no connection is accepted.",
                observed(fact),
                said(fact, "limit"),
                when(case, fact),
            ))
            .cause("A process opens files or sockets and does not close them, or serves more connections than its limit allows.".to_owned())
            .first(&[
                "Find the holder: `for p in /proc/[0-9]*; do echo $(ls $p/fd | wc -l) $p; done | sort -n | tail`.",
                "See what it holds: `ls -l /proc/<pid>/fd`. Restart it to free them.",
                "If the need is real, raise the limit: `LimitNOFILE=` in the unit, or `sysctl fs.file-max`.",
            ])
            .prevent(&["Close what is opened (timeouts on idle connections), and watch `process_open_fds` of each service."])
            .proof([fact])
            .rival("Traffic rose and the limit is simply too low.", &[fact], &[]),
    )
}

pub(crate) fn conntrack(case: &Case<'_>) -> Option<Reading> {
    let fact = table(case, &["node_nf_conntrack_entries"])?;
    let name = &fact.target_name;
    let drops = case.metric("node_nf_conntrack_stat_drop");
    Some(
        Reading::new(79, Severity::High, &format!("{name}: connection tracking is {} full", percent(used(fact)?)))
            .summary(format!(
                "{name} tracks {} of {} connections, {}. High, because once the table is full new connections are dropped silently.",
                observed(fact),
                said(fact, "limit"),
                when(case, fact),
            ))
            .cause("More connections pass the firewall than its table holds: a burst of short connections, a scan, or an attack.".to_owned())
            .first(&[
                "See who: `conntrack -L | awk '{print $5}' | sort | uniq -c | sort -n | tail`.",
                "Give room now: `sysctl -w net.netfilter.nf_conntrack_max=<twice the present>`.",
                "Block a single abusive source, or exempt trusted traffic (`-j CT --notrack`).",
            ])
            .prevent(&["Set the limit for the peak, shorten `nf_conntrack_tcp_timeout_*`, reuse connections (keep-alive, pools)."])
            .proof([fact].into_iter().chain(drops))
            .rival("A service leaks connections that are never closed.", &[fact], &[]),
    )
}
