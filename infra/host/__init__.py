"""The single-machine profile."""
