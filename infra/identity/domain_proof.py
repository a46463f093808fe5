"""What a machine may do to prove that a domain is its own, as plain data."""

from __future__ import annotations

from collections.abc import Mapping

from infra.identity.policies import Statement, allow


def proves_domain(domain: str, zone_id: str) -> tuple[Statement, ...]:
    """Write the one record by which ACME asks for a proof (RFC 8555, 8.4), and see it spread.

    https://certbot-dns-route53.readthedocs.io; conditions by record:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    """
    return (
        # Neither call can be narrowed: the plug-in looks the zone up by its name.
        allow("FindZone", ["route53:ListHostedZones"], ["*"]),
        allow("SeeItSpread", ["route53:GetChange"], ["arn:aws:route53:::change/*"]),
        allow(
            "WriteProof",
            ["route53:ChangeResourceRecordSets"],
            [f"arn:aws:route53:::hostedzone/{zone_id}"],
            proof_of(domain),
        ),
    )


def proof_of(domain: str) -> Mapping[str, object]:
    """The condition that nothing but the proof's record is written."""
    return {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [f"_acme-challenge.{domain}"],
            "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        }
    }
