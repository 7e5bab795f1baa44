//! Disks, memory, processors, tables of fixed size.

use super::told;
use crate::detect::fixture::{POINTS, empty, host, noisy, ramp, steady, step};

const VAR: [(&str, &str); 3] = [("mountpoint", "/var"), ("device", "/dev/vdb"), ("fstype", "ext4")];

#[test]
fn a_disk_that_fills() {
    let story = host("web:9100").gauge("node_filesystem_size_bytes", &VAR, steady(50e9)).gauge(
        "node_filesystem_avail_bytes",
        &VAR,
        ramp(14e9, 4e9),
    );
    insta::assert_snapshot!(told(story), @r#"
    disk:web:9100:/var
    [Critical] web: /var will be full in 25.6 min
    /var on web is 92% used and fills by 2.6 MB/s: 4 GB of 50 GB left, full in 25.6 min. Critical, because little time is left to act.
    cause: Something writes to /var on web steadily, 2.6 MB/s, and nothing clears it away.
    first: Find what grows: `du -xhd1 /var | sort -h`, and deleted files still held open: `lsof +L1`.
    proof: M1
    or: A one-off job (backup, import, core dump) is writing and will clean up after itself. (for M1; against )
    "#);
}

/// As `df` tells it: what only root may fill is neither left nor used.
#[test]
fn reserved_blocks_are_not_room() {
    let story = host("web:9100")
        .gauge("node_filesystem_size_bytes", &VAR, steady(100e9))
        .gauge("node_filesystem_free_bytes", &VAR, steady(50e9))
        .gauge("node_filesystem_avail_bytes", &VAR, steady(0.4e9));
    let told = told(story);
    assert!(told.contains("/var is 99.2% full"), "{told}");
    assert!(told.contains("400 MB of 50.4 GB left"), "{told}");
}

#[test]
fn a_full_disk() {
    let story = host("web:9100").gauge("node_filesystem_size_bytes", &VAR, steady(50e9)).gauge(
        "node_filesystem_avail_bytes",
        &VAR,
        steady(0.6e9),
    );
    insta::assert_snapshot!(told(story), @r#"
    disk:web:9100:/var
    [Critical] web: /var is 98.8% full
    /var on web is 98.8% full for 65 min: 600 MB of 50 GB left. Critical, because writes fail or are about to.
    cause: /var on web has run out of room; what writes there will fail or already fails.
    first: Find what grows: `du -xhd1 /var | sort -h`, and deleted files still held open: `lsof +L1`.
    proof: M1
    or: A one-off job (backup, import, core dump) is writing and will clean up after itself. (for M1; against )
    "#);
}

#[test]
fn inodes_gone() {
    let story = host("web:9100").gauge("node_filesystem_files", &VAR, steady(3_276_800.0)).gauge(
        "node_filesystem_files_free",
        &VAR,
        step(2e6, 12_000.0, 10),
    );
    insta::assert_snapshot!(told(story), @r#"
    disk:web:9100:/var
    [Critical] web: /var runs out of inodes
    /var on web has 12000 of 3.3 M inodes left (99.6% used), for 10 min. Critical, because writes fail or are about to.
    cause: A very large number of small files on /var: sessions, caches, mail queue or temporary files that nobody clears.
    first: `df -i` to confirm, then find where the files are: `du --inodes -xd2 /var | sort -n`.
    proof: M1
    or: A runaway process creates files in a loop. (for M1; against )
    "#);
}

#[test]
fn a_filesystem_that_turned_read_only() {
    let story = host("web:9100").gauge("node_filesystem_readonly", &VAR, step(0.0, 1.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    disk:web:9100:/var
    [Critical] web: /var turned read-only
    /var on web cannot be written for 4 min. Critical, because every write there fails and the disk may be dying.
    cause: The kernel met errors on the device and remounted the filesystem read-only to protect it.
    first: `dmesg -T | grep -iE 'error|remount'` and `smartctl -a <device>`: is the disk failing?
    proof: M1
    or: Somebody remounted it read-only on purpose. (for M1; against )
    "#);
}

#[test]
fn a_full_windows_disk() {
    let volume = [("volume", "C:")];
    let story = empty("win:9182").gauge("windows_logical_disk_size_bytes", &volume, steady(120e9)).gauge(
        "windows_logical_disk_free_bytes",
        &volume,
        ramp(20e9, 8e9),
    );
    insta::assert_snapshot!(told(story), @r#"
    disk:win:9182:C:
    [Critical] win: C: will be full in 42.7 min
    C: on win is 93.3% used and fills by 3.1 MB/s: 8 GB of 120 GB left, full in 42.7 min. Critical, because little time is left to act.
    cause: Something writes to C: on win steadily, 3.1 MB/s, and nothing clears it away.
    first: Find what grows: sort the largest folders (`Get-ChildItem -Recurse | Sort-Object Length -Descending`).
    proof: M1
    or: A one-off job (backup, import, core dump) is writing and will clean up after itself. (for M1; against )
    "#);
}

#[test]
fn a_memory_leak() {
    let story = host("web:9100").gauge("node_memory_MemAvailable_bytes", &[], ramp(4e9, 1.2e9));
    insta::assert_snapshot!(told(story), @r#"
    memory:web:9100
    [High] web: memory leaks away, gone in 27.4 min
    Available memory of web falls by 729 kB/s without recovering: 1.2 GB of 8 GB left, gone in 27.4 min. High, because it ends in killed processes soon.
    cause: A process on web takes memory steadily and gives none back: a leak, or a cache without a bound.
    first: Find what is large: `ps aux --sort=-rss | head`; for containers `docker stats --no-stream`.
    proof: M1
    or: A cache is warming up after a restart and will level off. (for M1; against )
    "#);
}

#[test]
fn windows_memory_exhausted() {
    let story = empty("win:9182").gauge("windows_memory_physical_total_bytes", &[], steady(16e9)).gauge(
        "windows_memory_available_bytes",
        &[],
        step(6e9, 0.4e9, 8),
    );
    insta::assert_snapshot!(told(story), @r#"
    memory:win:9182
    [High] win: memory is 97.5% used
    win has 400 MB of 16 GB memory available (97.5% used), for 8 min. High, because the next large request is refused or kills something.
    cause: The processes on win together want nearly all of its memory.
    first: Find what is large: `Get-Process | Sort-Object WorkingSet -Descending | Select-Object -First 10`.
    proof: M1
    or: One process leaks rather than all of them being busy. (for M1; against )
    "#);
}

#[test]
fn the_killer_came() {
    let mut kills = steady(0.0);
    kills[POINTS - 3] = 2.0 / 60.0;
    let story = host("web:9100").gauge("node_memory_MemAvailable_bytes", &[], step(5e9, 0.2e9, 6)).gauge(
        "node_vmstat_oom_kill",
        &[],
        kills,
    );
    insta::assert_snapshot!(told(story), @r#"
    memory:web:9100
    [High] web: the kernel killed 2 processes for lack of memory
    web ran out of memory and the kernel killed 2 processes to survive; the first kill was 3 min ago. 200 MB is available now. High, because a service died.
    cause: Demand for memory on web exceeded what it has; the kernel's out-of-memory killer chose a victim.
    first: See who died and who was large: `journalctl -k | grep -iE 'oom|killed process'`.
    proof: M1 M2
    or: A container reached its own limit while the host had memory to spare. (for M1; against M2)
    or: web: memory is 97.5% used (for M2; against )
    "#);
}

#[test]
fn a_swap_storm() {
    let story = host("web:9100")
        .gauge("node_vmstat_pswpin", &[], step(0.0, 4_200.0, 5))
        .gauge("node_vmstat_pswpout", &[], step(0.0, 3_900.0, 5))
        .gauge("node_load1", &[], step(0.3, 14.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    memory:web:9100
    [High] web: swap storm
    web swaps pages in at 4200/s and out at 3900/s, for 5 min. High, because everything on it waits for the disk.
    cause: What runs there does not fit into memory: pages go to disk and are wanted back at once.
    first: Find what is large: `ps aux --sort=-rss | head`, and who swaps: `smem -s swap` or `grep VmSwap /proc/*/status`.
    proof: M1
    or: A one-off job touches memory that was idle for long. (for M1; against )
    "#);
}

#[test]
fn saturated_processors() {
    let story = host("web:9100")
        .gauge("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "idle")], step(0.9, 0.01, 6))
        .gauge("node_cpu_seconds_total", &[("cpu", "0"), ("mode", "user")], step(0.05, 0.95, 6))
        .gauge("node_load1", &[], step(0.3, 9.0, 6));
    insta::assert_snapshot!(told(story), @r#"
    cpu:web:9100
    [Low] web: processors are saturated (99% busy)
    web uses 99% of its processor time (CPUs: 1), for 6 min. Low, because nothing else is seen to suffer.
    cause: There is more work on web than its processors can do; whatever comes waits in line.
    first: See what runs: `top -c` or `ps aux --sort=-%cpu | head`.
    proof: M1 M4
    or: An expected job (backup, build, index) is running and will end. (for M1; against )
    "#);
}

#[test]
fn stolen_time() {
    let cpu = |cpu, mode| [("cpu", cpu), ("mode", mode)];
    let story = host("web:9100").gauge("node_cpu_seconds_total", &cpu("0", "steal"), step(0.0, 0.34, 6)).gauge(
        "node_cpu_seconds_total",
        &cpu("0", "idle"),
        step(0.9, 0.4, 6),
    );
    insta::assert_snapshot!(told(story), @r#"
    cpu:web:9100
    [Medium] web: the hypervisor takes 34% of its CPU time
    34% of the CPU time of web is stolen for 6 min. Medium, because it is slow without any fault of its own.
    cause: The physical host is overcommitted, or the instance has used up its CPU credits.
    first: On a burstable cloud instance, look at its CPU credit balance and change its type or mode.
    proof: M1
    or: The machine's own load rose and only made the shortage visible. (for M1; against )
    "#);
}

#[test]
fn processors_that_wait_for_disks() {
    let cpu = |cpu, mode| [("cpu", cpu), ("mode", mode)];
    let story = host("web:9100")
        .gauge("node_cpu_seconds_total", &cpu("0", "iowait"), step(0.01, 0.62, 6))
        .gauge("node_cpu_seconds_total", &cpu("0", "idle"), step(0.9, 0.3, 6))
        .gauge("node_disk_io_time_seconds_total", &[("device", "vda")], step(0.05, 0.99, 6));
    insta::assert_snapshot!(told(story), @r#"
    cpu:web:9100
    [Medium] web: disks cannot keep up (62% I/O wait)
    The processors of web spend 62% of their time waiting for disks, for 6 min. Medium, because whatever reads or writes is slow.
    cause: A disk is saturated: more reads or writes are asked of it than it can do, or it has become slow.
    first: See which disk and who: `iostat -x 2`, then `iotop -oPa`.
    proof: M1 M2
    or: Memory is short, and the disk is busy with swapping. (for M1; against )
    "#);
}

#[test]
fn descriptors_running_out() {
    let story = host("web:9100").gauge("node_filefd_maximum", &[], steady(100_000.0)).gauge(
        "node_filefd_allocated",
        &[],
        ramp(52_000.0, 78_000.0),
    );
    insta::assert_snapshot!(told(story), @r#"
    descriptors:web:9100
    [High] web: file descriptors are 78% used
    web: the host has 78000 of 100000 file descriptors open, gaining 6.8/s and full in 54.2 min. High, because at the limit no file opens and no connection is accepted.
    cause: A process opens files or sockets and does not close them, or serves more connections than its limit allows.
    first: Find the holder: `for p in /proc/[0-9]*; do echo $(ls $p/fd | wc -l) $p; done | sort -n | tail`.
    proof: M1
    or: Traffic rose and the limit is simply too low. (for M1; against )
    "#);
}

#[test]
fn a_full_connection_table() {
    let story = host("web:9100")
        .gauge("node_nf_conntrack_entries_limit", &[], steady(65_536.0))
        .gauge("node_nf_conntrack_entries", &[], step(9_000.0, 64_000.0, 5))
        .gauge("node_nf_conntrack_stat_drop", &[], step(0.0, 40.0, 4));
    insta::assert_snapshot!(told(story), @r#"
    conntrack:web:9100
    [High] web: connection tracking is 97.7% full
    web tracks 64000 of 65536 connections, for 5 min. High, because once the table is full new connections are dropped silently.
    cause: More connections pass the firewall than its table holds: a burst of short connections, a scan, or an attack.
    first: See who: `conntrack -L | awk '{print $5}' | sort | uniq -c | sort -n | tail`.
    proof: M1 M2
    or: A service leaks connections that are never closed. (for M1; against )
    "#);
}

#[test]
fn heat_and_a_degraded_array() {
    let sensor = [("chip", "platform_coretemp_0"), ("sensor", "temp1")];
    let story = host("web:9100").gauge("node_hwmon_temp_celsius", &sensor, step(52.0, 103.0, 5)).gauge(
        "node_hwmon_temp_crit_celsius",
        &sensor,
        steady(100.0),
    );
    insta::assert_snapshot!(told(story), @r#"
    hardware:web:9100
    [High] web: overheating, 103 °C at temp1
    temp1 on web reads 103 °C; its limit is 100 °C, for 5 min. High, because it slows down and then switches off to save itself.
    cause: Cooling does not keep up: a fan has failed, dust, blocked air, or the room is hot.
    first: `sensors` and `ipmitool sdr type fan`: do the fans turn?
    proof: M1
    or: The sensor is faulty: compare it with the others of the same host. (for M1; against )
    "#);
    let story = host("web:9100").gauge("node_md_disks", &[("device", "md0"), ("state", "failed")], step(0.0, 1.0, 9));
    insta::assert_snapshot!(told(story), @r#"
    hardware:web:9100
    [Critical] web: RAID array md0 is degraded
    Array md0 on web has failed disks (1), for 9 min. Critical, because the next failure may lose the data.
    cause: A disk of the array failed or lost its connection.
    first: `cat /proc/mdstat` and `mdadm --detail /dev/md0`: which disk?
    proof: M1
    or: Cable or controller lost the disk, which is itself healthy. (for M1; against )
    "#);
}

#[test]
fn an_unknown_metric_speaks_for_itself() {
    let story = host("web:9100").gauge("queue_depth", &[("queue", "mail")], {
        let mut values = noisy(40.0, 6.0);
        values[POINTS - 4..].fill(2_600.0);
        values
    });
    insta::assert_snapshot!(told(story), @r#"
    application:web:9100:queue_depth
    [Low] web: queue_depth left its usual range
    queue_depth (mail on web) rose to 2600, expected 0 to 82.7, for 4 min.
    cause: Not known: no coded signature fits. queue_depth on web left its usual range (2600) and this is the strongest deviation.
    first: Look at what changed when it began: deployments, cron jobs, configuration, traffic.
    proof: M1
    "#);
}
