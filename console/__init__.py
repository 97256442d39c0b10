"""The console: the cluster in a browser, planned against actual; read-only, runs on a host."""
