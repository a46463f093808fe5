"""The domain: its zone, where it points, and a certificate for balancers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pulumi
import pulumi_aws as aws

from infra.stack import Stack

ADDRESS_TTL_SECONDS = 60  # short, so that an address can be moved in a minute
PROOF_TTL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class DnsArgs:
    """`zone_id` is an existing zone, or empty to make one. `behind_cdn`: the domain is
    CloudFront's, and what it asks has a name of its own."""

    domain: str
    zone_id: str
    behind_cdn: bool = False


class Target(Protocol):
    """What an alias record may name."""

    @property
    def dns_name(self) -> pulumi.Output[str]: ...

    @property
    def zone_id(self) -> pulumi.Output[str]: ...


class Dns(pulumi.ComponentResource):
    """A domain on Route 53 with a certificate.

    Children: the zone unless one is given, the record that points the domain at a machine or a
    balancer (`point_at`, `alias_to`) or at CloudFront (`front`), the certificate (ACM: for
    balancers; a machine gets its own by ACME), the record that proves the domain, the validation,
    which waits until the zone is delegated, and the certificates of other regions
    (`certificate_in`) with theirs.
    """

    def __init__(
        self, name: str, stack: Stack, args: DnsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:edge:Dns", name, None, opts)
        self._name, self._stack, self._args = name, stack, args
        self._child = stack.child_of(self)
        self._zone_id = self._find_zone()
        self._certificate_arn = self._certify()
        self.register_outputs({})

    @property
    def certificate_arn(self) -> pulumi.Output[str]:
        """Of the certificate, known when it is validated."""
        return self._certificate_arn

    @property
    def zone_id(self) -> pulumi.Input[str]:
        return self._zone_id

    @property
    def origin(self) -> str:
        """The name by which the machine or the balancer is found: the domain, unless CloudFront is
        there."""
        return f"origin.{self._args.domain}" if self._args.behind_cdn else self._args.domain

    def point_at(self, address: pulumi.Output[str]) -> None:
        """The origin is a machine's address."""
        aws.route53.Record(
            self._origin_slot,
            zone_id=self._zone_id,
            name=self.origin,
            type="A",
            ttl=ADDRESS_TTL_SECONDS,
            records=[address],
            opts=self._child,
        )

    def alias_to(self, balancer: Target) -> None:
        """The origin is a balancer, whose addresses are AWS's to change."""
        self._alias(self._origin_slot, self.origin, "A", balancer)

    def front(self, distribution: Target) -> None:
        """The domain is a distribution, for viewers of both kinds of addresses."""
        for slot, kind in ((self._name, "A"), (f"{self._name}-ipv6", "AAAA")):
            self._alias(slot, self._args.domain, kind, distribution)

    def certificate_in(self, region: str, name: str) -> pulumi.Output[str]:
        """Another certificate of the domain, in another region: ACM gives an account's certificates
        of one name one proof, so that the record of the first serves it too."""
        certificate = self._request(name, region)
        return self._validate(name, certificate, region)

    @property
    def _origin_slot(self) -> str:
        # The domain's own record stays the same resource when CloudFront comes or goes: it is
        # turned round in place, and the domain is never without an address.
        return f"{self._name}-origin" if self._args.behind_cdn else self._name

    def _alias(self, slot: str, name: str, kind: str, target: Target) -> None:
        aws.route53.Record(
            slot,
            zone_id=self._zone_id,
            name=name,
            type=kind,
            aliases=[
                {
                    "name": target.dns_name,
                    "zone_id": target.zone_id,
                    "evaluate_target_health": False,
                }
            ],
            opts=self._child,
        )

    def _find_zone(self) -> pulumi.Input[str]:
        if self._args.zone_id:
            return self._args.zone_id
        zone = aws.route53.Zone(
            self._name,
            name=self._args.domain,
            comment="Certification platform",
            tags=self._stack.tags.of(self._args.domain),
            # A new zone gets other name servers, which the registrar doesn't know.
            opts=self._stack.stateful_child_of(self),
        )
        return zone.zone_id

    def _certify(self) -> pulumi.Output[str]:
        certificate = self._request(self._name)
        # One name, so one option: nothing is made inside an apply.
        option = certificate.domain_validation_options[0]
        self._proof = aws.route53.Record(
            f"{self._name}-proof",
            zone_id=self._zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            ttl=PROOF_TTL_SECONDS,
            records=[option.resource_record_value],
            allow_overwrite=True,  # the same proof serves every certificate of the domain
            opts=self._child,
        )
        return self._validate(self._name, certificate)

    def _request(self, name: str, region: str | None = None) -> aws.acm.Certificate:
        return aws.acm.Certificate(
            name,
            domain_name=self._args.domain,
            validation_method="DNS",
            region=region,
            tags=self._stack.tags.of(self._args.domain),
            opts=self._child,
        )

    def _validate(
        self, name: str, certificate: aws.acm.Certificate, region: str | None = None
    ) -> pulumi.Output[str]:
        validated = aws.acm.CertificateValidation(
            name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[self._proof.fqdn],
            region=region,
            opts=self._child,
        )
        return validated.certificate_arn
