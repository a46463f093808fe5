"""An AWS provider that needs no account: the plugin, its table of types, and its record."""
