"""Why a row differs from the provider's source, where it should (pure table)."""

from __future__ import annotations

from collections.abc import Mapping

# Defaults that pulumi-aws replaces (its `provider/resources.go`; the SDK's docstrings name them).
PULUMI_DEFAULTS: Mapping[str, str] = {"Managed by Terraform": "Managed by Pulumi"}

_NEWER = "newer than the source that was read; from the SDK's docstring"

# (type, path) → reason
EXPLAINED: Mapping[tuple[str, str], str] = {}
