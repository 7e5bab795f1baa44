//! Which facts belong together.

use super::*;
use crate::detect::examine;
use crate::detect::fixture::{host, noisy, ramp, step};

fn fingerprints(facts: &[Fact]) -> Vec<String> {
    cluster(facts).into_iter().map(|cluster| cluster.fingerprint).collect()
}

#[test]
fn a_dead_target_is_one_failure_and_swallows_what_is_missing() {
    let findings = examine(&host("web:9100").down("connection refused").beside(host("db:9100")).set());
    let clusters = cluster(&findings.facts);
    assert_eq!(clusters.len(), 1);
    assert_eq!(clusters[0].fingerprint, "target_down:web:9100");
    assert_eq!(clusters[0].instances, ["web:9100"]);
}

#[test]
fn a_target_that_comes_and_goes_does_not_explain_a_full_disk() {
    let mut up = vec![1.0; 65];
    for gone in [40, 46, 52, 58] {
        up[gone..gone + 3].fill(0.0);
    }
    let root = [("mountpoint", "/"), ("device", "/dev/vda1"), ("fstype", "ext4")];
    let set = host("web:9100").gauge("up", &[], up).gauge("node_filesystem_avail_bytes", &root, noisy(1e9, 1e6)).set();
    assert_eq!(fingerprints(&examine(&set).facts), ["disk:web:9100:/", "target_down:web:9100"]);
}

#[test]
fn two_disks_are_two_failures() {
    let var = [("mountpoint", "/var"), ("device", "/dev/vdb"), ("fstype", "ext4")];
    let root = [("mountpoint", "/"), ("device", "/dev/vda1"), ("fstype", "ext4")];
    let set = host("web:9100")
        .gauge("node_filesystem_size_bytes", &var, vec![20e9; 65])
        .gauge("node_filesystem_avail_bytes", &var, ramp(8e9, 2e9))
        .gauge("node_filesystem_avail_bytes", &root, noisy(1e9, 1e6))
        .set();
    assert_eq!(fingerprints(&examine(&set).facts), ["disk:web:9100:/", "disk:web:9100:/var"]);
}

#[test]
fn three_targets_that_die_together_have_one_cause() {
    let dead = |name: &str| host(name).down("no route to host");
    let set = dead("a:9100").beside(dead("b:9100")).beside(dead("c:9100")).set();
    let clusters = cluster(&examine(&set).facts);
    assert_eq!(clusters.len(), 1);
    assert_eq!(clusters[0].fingerprint, "target_down:many");
    assert_eq!(clusters[0].instances.len(), 3);
}

#[test]
fn every_fact_is_in_exactly_one_cluster() {
    let set = host("web:9100")
        .gauge("node_load1", &[], step(0.3, 9.0, 6))
        .gauge("payments_failed_total", &[], step(0.0, 4.0, 6))
        .gauge("queue_depth", &[], step(10.0, 900.0, 6))
        .beside(host("db:9100").down("timeout"))
        .set();
    let findings = examine(&set);
    let mut ids: Vec<_> = cluster(&findings.facts).into_iter().flat_map(|cluster| cluster.fact_ids).collect();
    ids.sort();
    let mut expected: Vec<_> = findings.facts.iter().map(|fact| fact.id.clone()).collect();
    expected.sort();
    assert_eq!(ids, expected);
    assert!(expected.len() >= 4);
}

#[test]
fn a_filling_disk_does_not_explain_busy_processors() {
    let root = [("mountpoint", "/"), ("device", "/dev/vda1"), ("fstype", "ext4")];
    let set = host("web:9100")
        .gauge("node_filesystem_avail_bytes", &root, ramp(30e9, 5e9))
        .gauge("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "idle")], step(0.9, 0.01, 6))
        .set();
    assert_eq!(fingerprints(&examine(&set).facts), ["disk:web:9100:/", "cpu:web:9100"]);
}
