"""Ports and ranges that several rooms speak of."""

from __future__ import annotations

HTTP = 80
HTTPS = 443
DATABASE = 27017  # MongoDB's own, which DocumentDB keeps
REDIS = 6379
ANYWHERE = "0.0.0.0/0"
