//! Hosts, services and what they answer.

use super::told;
use crate::detect::fixture::{POINTS, START, empty, host, noisy, ramp, steady, step};
use crate::detect::seconds;

#[test]
fn a_refused_scrape() {
    let story = host("web:9100").down("Get \"http://web:9100/metrics\": dial tcp: connect: connection refused");
    insta::assert_snapshot!(told(story), @r#"
    target_down:web:9100
    [High] web is down: connection refused
    web (web:9100) has not answered its scrapes for 5 min: connection refused. High, because nothing about it is watched until it answers.
    cause: The host answers but nothing listens on the port: the exporter is stopped, crashed, or bound to another address.
    first: On Linux: `systemctl status prometheus-node-exporter` (or your exporter's unit), then `journalctl -u` it for why it stopped.
    proof: E1
    or: A firewall rejects the connection instead of the host. (for E1; against )
    "#);
}

#[test]
fn a_silent_host_that_was_already_in_trouble() {
    let story = host("web:9100")
        .gauge("node_memory_MemAvailable_bytes", &[], ramp(4e9, 0.5e9))
        .down("context deadline exceeded");
    insta::assert_snapshot!(told(story), @r#"
    target_down:web:9100
    [High] web is down: no answer in time
    web (web:9100) has not answered its scrapes for 5 min: no answer in time. High, because nothing about it is watched until it answers.
    cause: No answer from the host in time: it is off, hung or overloaded, or a firewall or route drops the packets on the way.
    first: `ping` the host and open its console: is it on, and does it respond?
    proof: E1 M1
    or: The host was already in trouble before it went silent. (for M1; against )
    or: web: memory leaks away, gone in 15.1 min (for M1; against )
    "#);
}

#[test]
fn several_hosts_at_once() {
    let dead = |name| host(name).down("dial tcp: connect: no route to host");
    insta::assert_snapshot!(told(dead("a:9100").beside(dead("b:9100")).beside(dead("c:9100"))), @r#"
    target_down:many
    [Critical] Several targets went down together: a, b, c
    a, b, c stopped answering within minutes of each other, for 5 min. Critical, because one failure took several systems away.
    cause: Something they share failed: the network between them and the scraper, power, a hypervisor, or a change rolled out to all.
    first: From the Prometheus host, `ping` and `tracepath` one of them: is the way there broken?
    proof: E1 E2 E3
    or: Each failed for a reason of its own at the same time. (for E1 E2 E3; against )
    "#);
}

#[test]
fn a_dead_database_and_the_errors_it_causes() {
    let requests = |code| [("code", code)];
    let story = empty("db:9187").gauge("pg_up", &[], step(1.0, 0.0, 7)).beside(
        empty("shop:8080").gauge("http_requests_total", &requests("200"), step(40.0, 22.0, 6)).gauge(
            "http_requests_total",
            &requests("500"),
            step(0.0, 18.0, 6),
        ),
    );
    insta::assert_snapshot!(told(story), @r#"
    service:db:9187
    [High] db: PostgreSQL does not answer its exporter
    PostgreSQL on db does not answer its exporter, for 7 min. Since then: 45% of the requests to shop end in a server error (40/s in all), usually 0%, for 6 min. High, because what depends on it fails with it.
    cause: The exporter runs but cannot reach the service behind it: stopped, overloaded, out of connections, or changed credentials.
    first: Check the service itself: `systemctl status`, its log, and its port with `ss -ltnp`.
    proof: M1 M2 M3
    or: Only the exporter's access broke: password, certificate or network between the two. (for M1; against )
    or: shop: 45% of requests fail (for M2; against )
    "#);
}

#[test]
fn an_error_step_without_a_visible_cause() {
    let story = empty("shop:8080").gauge("http_requests_total", &[("code", "200")], noisy(40.0, 4.0)).gauge(
        "http_requests_total",
        &[("code", "503")],
        step(0.1, 9.0, 4),
    );
    insta::assert_snapshot!(told(story), @r#"
    requests:shop:8080
    [High] shop: 18.7% of requests fail
    18.7% of the requests to shop end in a server error (48.2/s in all), usually 0.25%; for 4 min. High, because users are hit.
    cause: Not visible in metrics: a dependency, a deployment, or bad input. The service's own log of errors tells which.
    first: Read the service's error log from the moment it began; the first stack trace counts.
    proof: M1
    or: A single client sends requests that always fail. (for M1; against )
    "#);
}

#[test]
fn a_failed_unit() {
    let story = host("web:9100").gauge(
        "node_systemd_unit_state",
        &[("name", "nginx.service"), ("state", "failed")],
        step(0.0, 1.0, 5),
    );
    insta::assert_snapshot!(told(story), @r#"
    service:web:9100:nginx.service
    [High] web: nginx.service has failed
    nginx.service on web has failed, for 5 min. High, because what depends on it fails with it.
    cause: The unit ended with an error, or gave up after too many restarts; its log says which.
    first: `systemctl status nginx.service` and `journalctl -u nginx.service -e`.
    proof: M1
    or: A one-shot job failed and nothing that runs is affected. (for M1; against )
    "#);
}

#[test]
fn a_stopped_windows_service() {
    let story =
        empty("win:9182").gauge("windows_service_state", &[("name", "w3svc"), ("state", "running")], step(1.0, 0.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    service:win:9182:w3svc
    [High] win: w3svc has stopped
    w3svc on win has stopped, for 4 min. High, because what depends on it fails with it.
    cause: The service was stopped or crashed; the Windows event log says which.
    first: `Get-WinEvent -LogName System -MaxEvents 50 | Where-Object ProviderName -eq 'Service Control Manager'`.
    proof: M1
    or: An administrator or an update stopped it on purpose. (for M1; against )
    "#);
}

#[test]
fn a_host_that_booted_anew() {
    let now = seconds(START.0);
    let story = host("web:9100").gauge("node_boot_time_seconds", &[], step(now - 864_000.0, now + 3_660.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    restart:web:9100
    [Medium] web restarted 4 min ago
    web last started 4 min ago (restarts seen: 1). Medium, because it is back; what it ran may not be.
    cause: Not visible in metrics: an update, an operator, power, or a kernel crash. The host's own log tells which.
    first: `last -x reboot shutdown` and `journalctl -b -1 -e`: was it asked for, or did it crash?
    proof: M1
    or: A planned restart for updates. (for M1; against )
    "#);
}

#[test]
fn a_restart_loop() {
    let now = seconds(START.0);
    let mut starts = steady(now - 4_000.0);
    for (index, start) in starts.iter_mut().enumerate().skip(POINTS - 20) {
        *start = now + 60.0 * f64::from(u16::try_from(index / 4 * 4).unwrap());
    }
    insta::assert_snapshot!(told(empty("shop:8080").gauge("process_start_time_seconds", &[], starts)), @r#"
    restart:shop:8080
    [High] shop: its process is in a restart loop
    The process behind shop started 6 times anew, the first 20 min ago. High, because it serves nobody while it dies again and again.
    cause: It dies soon after each start: bad configuration, a missing dependency, or too little memory.
    first: Read its last words: `journalctl -u <unit> -n 100`, or `docker logs --tail 100 <container>`.
    proof: M1
    or: Something restarts it on purpose: a failing liveness probe, or a deployment in progress. (for M1; against )
    "#);
}

#[test]
fn a_metric_that_stopped() {
    let mut values = noisy(12.0, 2.0);
    values[POINTS - 6..].fill(f64::NAN);
    insta::assert_snapshot!(told(host("web:9100").gauge("jobs_in_flight", &[], values)), @r#"
    application:web:9100:jobs_in_flight
    [Medium] web: jobs_in_flight stopped reporting
    web still answers its scrapes, but jobs_in_flight is no longer among what it says, for 6 min. Medium, because that part is not watched.
    cause: A collector of the exporter fails, or the part of the application behind this metric stopped.
    first: Look at `node_scrape_collector_success` (or `windows_exporter_collector_success`) and the exporter's log.
    proof: M1
    or: The metric was removed or renamed on purpose by an update. (for M1; against )
    "#);
}
