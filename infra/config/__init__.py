"""The typed configuration: read once, validated whole, then frozen."""
