"""Types of AWS that take no tags: classes of pulumi-aws 7.51.1 without `tags`, by service.

A test holds each to the installed SDK. A type that isn't listed is taken for taggable, so that a
new service is noticed.
"""

from __future__ import annotations

from pathlib import Path

NOT_TAGGABLE = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())
