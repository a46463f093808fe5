"""What stands in front of the platform, as a stack configures it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.config.keys import key


@dataclass(frozen=True, slots=True)
class CdnConfig:
    """CloudFront in front of the machine or the balancer."""

    enabled: bool = key(
        "Everybody comes through CloudFront, and nobody reaches the origin past it.", default=False
    )
    waf: bool = key("Filter what comes through CloudFront with AWS WAF.", default=True)
