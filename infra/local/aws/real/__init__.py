"""How types are made on the AWS API on loopback; only this package talks to it."""
