"""The table of types, split by service: pure data, each entry with its source."""
