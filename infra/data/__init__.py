"""Database, Redis and secrets."""
