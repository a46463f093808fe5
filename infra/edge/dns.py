"""The domain: its zone, where it points, and a certificate for balancers."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.edge.balancer import Balancer
from infra.stack import Stack

ADDRESS_TTL_SECONDS = 60  # short, so that an address can be moved in a minute
PROOF_TTL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class DnsArgs:
    """`zone_id` is an existing zone, or empty to make one."""

    domain: str
    zone_id: str


class Dns(pulumi.ComponentResource):
    """A domain on Route 53 with a certificate.

    Children: the zone unless one is given, the record that points the domain at a machine or a
    balancer (`point_at`, `alias_to`), the certificate (ACM: for balancers and CloudFront; a machine
    gets its own by ACME), the record that proves the domain, and the validation, which waits until
    the zone is delegated.
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

    def point_at(self, address: pulumi.Output[str]) -> None:
        """The domain is a machine's address."""
        aws.route53.Record(
            self._name,
            zone_id=self._zone_id,
            name=self._args.domain,
            type="A",
            ttl=ADDRESS_TTL_SECONDS,
            records=[address],
            opts=self._child,
        )

    def alias_to(self, balancer: Balancer) -> None:
        """The domain is a balancer, whose addresses are AWS's to change."""
        aws.route53.Record(
            self._name,
            zone_id=self._zone_id,
            name=self._args.domain,
            type="A",
            aliases=[
                {
                    "name": balancer.dns_name,
                    "zone_id": balancer.zone_id,
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
        certificate = aws.acm.Certificate(
            self._name,
            domain_name=self._args.domain,
            validation_method="DNS",
            tags=self._stack.tags.of(self._args.domain),
            opts=self._child,
        )
        # One name, so one option: nothing is made inside an apply.
        option = certificate.domain_validation_options[0]
        proof = aws.route53.Record(
            f"{self._name}-proof",
            zone_id=self._zone_id,
            name=option.resource_record_name,
            type=option.resource_record_type,
            ttl=PROOF_TTL_SECONDS,
            records=[option.resource_record_value],
            allow_overwrite=True,  # the same proof serves every certificate of the domain
            opts=self._child,
        )
        validated = aws.acm.CertificateValidation(
            self._name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[proof.fqdn],
            opts=self._child,
        )
        return validated.certificate_arn
