"""Load tests: locust scenarios over HTTP, thresholds, and a verdict that cannot pass falsely."""
