"""The smoke test: named lines that ask a running platform, through its public address."""
