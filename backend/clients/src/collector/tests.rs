//! The collector against a scripted exporter; beside a real Prometheus it stands in the server's integration tests.
