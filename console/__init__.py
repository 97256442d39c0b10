"""The console: a cluster in a browser, planned against actual; runs on a host, only reads."""
