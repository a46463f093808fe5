"""The phases of `gacp up local`: services, stack, application."""
