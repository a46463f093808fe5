"""Whose address a request has where CloudFront stands in front."""

from __future__ import annotations

from infra.edge.model import EdgeModel

EVERYWHERE = ("0.0.0.0/0", "::/0")


def behind_cdn() -> EdgeModel:
    """The edge of a machine whose one proxy is CloudFront.

    CloudFront puts the viewer's address last in X-Forwarded-For, whatever a viewer sends in it
    ("Request and response behavior for custom origins", X-Forwarded-For): that one is taken, and
    nothing before it is believed. Who may connect at all is not nginx's to know: the security
    group lets in AWS's own list of CloudFront's addresses (infra/edge/openings.py). A copy of that
    list here would age, and each address that it lacks would be limited as one client.
    """
    return EdgeModel(trusted_proxies=EVERYWHERE, nearest_proxy_only=True)
