"""The checks of `gacp doctor`."""
