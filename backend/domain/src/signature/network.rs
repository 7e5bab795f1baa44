//! Networks that lose packets: errors, drops, retransmissions, full accept queues.

use super::case::{Case, label, observed};
use super::reading::Reading;
use crate::verdict::Severity;

pub(crate) fn recognise(case: &Case<'_>) -> Option<Reading> {
    listen_queue(case).or_else(|| interface(case)).or_else(|| retransmissions(case))
}

fn interface(case: &Case<'_>) -> Option<Reading> {
    let fact = case.any(&[
        "node_network_receive_errs_total",
        "node_network_transmit_errs_total",
        "node_network_receive_drop_total",
        "node_network_transmit_drop_total",
        "windows_net_packets_outbound_errors_total",
        "windows_net_packets_received_errors_total",
    ])?;
    let name = &fact.target_name;
    let device = label(fact, &["device", "nic"], "an interface");
    let drops = fact.series.metric.contains("drop");
    let what = if drops { "drops packets" } else { "has packet errors" };
    let (cause, rival) = if drops {
        (
            "Packets arrive faster than the host takes them: too little buffer, a busy CPU, or traffic that is not meant for it.",
            "The link itself is faulty.",
        )
    } else {
        (
            "The link is faulty: cable, transceiver, port, or a mismatch of duplex or speed.",
            "The network driver or its firmware is at fault.",
        )
    };
    let retransmitted = case.metric("node_netstat_Tcp_RetransSegs");
    Some(
        Reading::new(68, Severity::Medium, &format!("{name}: {device} {what}, {}", observed(fact)))
            .summary(format!(
                "{device} on {name} {what}: {}, {}. Medium, because connections through it become slow or break.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause(cause.to_owned())
            .first(&[
                "`ip -s link show <device>` and `ethtool -S <device>`: which counter rises?",
                "For errors: reseat or change cable and port, check `ethtool <device>` for speed and duplex on both ends.",
                "For drops: `ethtool -g <device>` and raise the ring (`ethtool -G`), check that no CPU is saturated by interrupts.",
            ])
            .filling("<device>", device)
            .prevent(&["Watch the switch port's counters too, and bond two links where it matters."])
            .proof([fact].into_iter().chain(retransmitted))
            .rival(rival, &[], &[]),
    )
}

fn listen_queue(case: &Case<'_>) -> Option<Reading> {
    let fact = case.any(&["node_netstat_TcpExt_ListenOverflows", "node_netstat_TcpExt_ListenDrops"])?;
    let name = &fact.target_name;
    Some(
        Reading::new(71, Severity::High, &format!("{name}: a service refuses new connections ({})", observed(fact)))
            .summary(format!(
                "On {name} connections are dropped before the service accepts them: {}, {}. High, because clients are turned away.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("A listening service accepts too slowly: it hangs, is overloaded, or its backlog is too short.".to_owned())
            .first(&[
                "`ss -lnt`: the socket whose Recv-Q has reached its Send-Q is the one.",
                "Look at that service: is it hung or out of workers? Restart it if it does not accept at all.",
            ])
            .prevent(&["Raise the backlog in the service and `net.core.somaxconn`; give it more workers."])
            .proof([fact])
            .rival("A flood of connections from one source.", &[fact], &[]),
    )
}

fn retransmissions(case: &Case<'_>) -> Option<Reading> {
    let fact = case.metric("node_netstat_Tcp_RetransSegs")?;
    let name = &fact.target_name;
    Some(
        Reading::new(55, Severity::Low, &format!("{name}: TCP retransmits {}", observed(fact)))
            .summary(format!(
                "{name} sends {} TCP segments again, {}. Low, because it slows connections down but breaks none yet.",
                observed(fact),
                case.lasting(fact)
            ))
            .cause("Packets are lost on the way between this host and its peers: congestion, or a bad link.".to_owned())
            .first(&["`ss -ti | grep -B1 retrans` shows the peers; `mtr <peer>` shows where packets are lost."])
            .prevent(&["Watch the path's links; limit bulk transfers that crowd out the rest."])
            .proof([fact])
            .rival("A peer is gone, and the segments sent to it are repeated.", &[], &[]),
    )
}
