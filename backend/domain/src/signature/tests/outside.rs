//! Clocks, networks, probes, certificates.

use super::told;
use crate::detect::fixture::{POINTS, START, empty, end, host, noisy, steady, step};
use crate::detect::seconds;

#[test]
fn a_wrong_clock() {
    let minute = |index: usize| seconds(START.0) + 60.0 * f64::from(u16::try_from(index).unwrap());
    let story = host("web:9100").gauge("node_time_seconds", &[], (0..POINTS).map(|i| minute(i) + 95.0).collect());
    insta::assert_snapshot!(told(story), @r#"
    clock:web:9100
    [High] web: its clock is off by 95 s
    The clock of web is off by 95 s. High, because logins, certificates and the order of logs depend on it.
    cause: Time synchronisation stopped working: its service is stopped, or its servers cannot be reached.
    first: `timedatectl` and `chronyc tracking` (or `ntpq -p`): is a time server reachable?
    proof: M1
    or: The virtual machine was paused or migrated, and its clock stood still meanwhile. (for M1; against )
    "#);
}

#[test]
fn a_lost_time_server() {
    let story = host("web:9100").gauge("node_timex_sync_status", &[], step(1.0, 0.0, 9));
    insta::assert_snapshot!(told(story), @r#"
    clock:web:9100
    [Low] web: its clock is no longer synchronised
    web lost its time server for 9 min. Low, because the clock drifts only slowly.
    cause: Time synchronisation stopped working: its service is stopped, or its servers cannot be reached.
    first: `timedatectl` and `chronyc tracking` (or `ntpq -p`): is a time server reachable?
    proof: M1
    or: The virtual machine was paused or migrated, and its clock stood still meanwhile. (for M1; against )
    "#);
}

#[test]
fn a_faulty_link() {
    let story = host("web:9100")
        .gauge("node_network_receive_errs_total", &[("device", "eth0")], step(0.0, 37.5, 4))
        .gauge("node_netstat_Tcp_RetransSegs", &[], step(0.4, 120.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    network:web:9100
    [Medium] web: eth0 has packet errors, 37.5/s
    eth0 on web has packet errors: 37.5/s, for 4 min. Medium, because connections through it become slow or break.
    cause: The link is faulty: cable, transceiver, port, or a mismatch of duplex or speed.
    first: `ip -s link show eth0` and `ethtool -S eth0`: which counter rises?
    proof: M2 M1
    or: The network driver or its firmware is at fault. (for M2; against )
    "#);
}

#[test]
fn a_service_that_does_not_accept() {
    let story = host("web:9100").gauge("node_netstat_TcpExt_ListenOverflows", &[], step(0.0, 6.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    network:web:9100
    [High] web: a service refuses new connections (6/s)
    On web connections are dropped before the service accepts them: 6/s, for 4 min. High, because clients are turned away.
    cause: A listening service accepts too slowly: it hangs, is overloaded, or its backlog is too short.
    first: `ss -lnt`: the socket whose Recv-Q has reached its Send-Q is the one.
    proof: M1
    or: A flood of connections from one source. (for M1; against )
    "#);
}

#[test]
fn a_certificate_about_to_expire() {
    let story = empty("https://shop.example").gauge(
        "probe_ssl_earliest_cert_expiry",
        &[],
        steady(seconds(end().0) + 2.0 * 86_400.0 + 3_600.0),
    );
    insta::assert_snapshot!(told(story), @r#"
    certificate:https://shop.example
    [High] https://shop.example: certificate expires in 2 days
    A certificate in the chain of https://shop.example expires in 2 days. High, because clients will refuse it very soon.
    cause: Renewal did not happen, or the new certificate was not loaded by the server.
    first: Renew: `certbot renew` (or your issuer's way), then reload the server (`systemctl reload nginx`).
    proof: M1
    or: The renewed certificate is on disk and the server still serves the old one. (for M1; against )
    "#);
}

#[test]
fn a_failed_probe() {
    insta::assert_snapshot!(told(empty("https://shop.example").gauge("probe_success", &[], step(1.0, 0.0, 5))), @r#"
    probe:https://shop.example
    [High] https://shop.example fails its probe
    https://shop.example fails its probe, for 5 min. High, because users see what the probe sees.
    cause: Seen from outside it does not answer as it should: the service, its certificate, its name, or the way to it.
    first: Ask the prober why: `curl 'http://<blackbox>/probe?target=<target>&debug=true'`.
    proof: M1
    or: The prober's own network is at fault: do other probes from it fail as well? (for M1; against )
    "#);
}

#[test]
fn a_probe_that_flaps() {
    let mut values = noisy(1.0, 0.0);
    for index in [41, 45, 46, 52, 57, 60] {
        values[index] = 0.0;
    }
    insta::assert_snapshot!(told(empty("https://shop.example").gauge("probe_success", &[], values)), @r#"
    probe:https://shop.example
    [High] https://shop.example fails its probe now and then
    https://shop.example fails its probe now and then, for 24 min. High, because users see what the probe sees.
    cause: Seen from outside it does not answer as it should: the service, its certificate, its name, or the way to it.
    first: Ask the prober why: `curl 'http://<blackbox>/probe?target=<target>&debug=true'`.
    proof: M1
    or: The prober's own network is at fault: do other probes from it fail as well? (for M1; against )
    "#);
}
