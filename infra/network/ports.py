"""Ports and ranges that several rooms speak of."""

from __future__ import annotations

HTTP = 80
HTTPS = 443
DATABASE = 27017  # MongoDB's own, which DocumentDB keeps
REDIS = 6379
ANYWHERE = "0.0.0.0/0"
# Of nginx in its pods: unprivileged, and apart from what it answers plainly itself.
CONTROLLER_WEB = 8080
CONTROLLER_HEALTH = 8081
CONTROLLER_REDIRECT = 8090
