"""Route 53 and ACM (pure table).

Sources: `internal/service/{route53,acm}` of hashicorp/terraform-provider-aws: ValidateFunc.
"""

from __future__ import annotations

from infra.local.aws.catalogue import dns_rules
from infra.local.aws.catalogue.tokens import (
    CERTIFICATE,
    RECORD,
    VPC,
    ZONE,
)
from infra.local.aws.rules.basic import at_most_one, between, length, one_of, pattern
from infra.local.aws.spec import Reference, TypeSpec, always

TF = "terraform-provider-aws internal/service/{}: {}"
_DNS = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/{}.html"
_ACM = "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"

TYPES = (
    TypeSpec(
        ZONE,
        id="Z{upper}0AB1",
        computed={
            "arn": "arn:aws:route53:::hostedzone/{id}",
            "zoneId": "{id}",
            "nameServers": dns_rules.name_servers,
            "primaryNameServer": lambda making: dns_rules.name_servers(making)[0],
        },
        rules=(
            dns_rules.zone_name(_DNS.format("DomainNameFormat")),
            length("comment", 0, 256, _DNS.format("DomainNameFormat")),
            at_most_one(("delegationSetId", "vpcs"), TF.format("route53/zone.go", "ConflictsWith")),
        ),
        references=(
            Reference("vpcs[*].vpcId", (VPC,), code="InvalidVPCId", holds=False, anywhere=True),
        ),
        in_use="HostedZoneNotEmpty",
        force="forceDestroy",
    ),
    TypeSpec(
        RECORD,
        id=dns_rules.record_id,
        computed={"fqdn": dns_rules.record_name},
        live=("fqdn",),
        unique=("zoneId", "name", "type", "setIdentifier"),
        exists="InvalidChangeBatch",
        rules=(
            one_of(
                "type",
                (
                    "A",
                    "AAAA",
                    "CAA",
                    "CNAME",
                    "DS",
                    "HTTPS",
                    "MX",
                    "NAPTR",
                    "NS",
                    "PTR",
                    "SOA",
                    "SPF",
                    "SRV",
                    "SSHFP",
                    "SVCB",
                    "TLSA",
                    "TXT",
                ),
                _DNS.format("ResourceRecordTypes"),
            ),
            between("ttl", 0, 2147483647, "seconds", _DNS.format("ResourceRecordTypes")),
            at_most_one(("aliases", "records"), TF.format("route53/record.go", "ConflictsWith")),
            dns_rules.record_values(_DNS.format("ResourceRecordTypes")),
        ),
        references=(Reference("zoneId", (ZONE,), by=("id", "zoneId"), code="NoSuchHostedZone"),),
        world=(dns_rules.name_is_of_zone, dns_rules.no_cname_beside),
    ),
    TypeSpec(
        CERTIFICATE,
        id="arn:aws:acm:{region}:{account}:certificate/{uuid}",
        computed={
            "arn": "{id}",
            "domainValidationOptions": dns_rules.validation_options,
            "keyAlgorithm": "RSA_2048",
            "status": "PENDING_VALIDATION",
            "type": "AMAZON_ISSUED",
            "renewalEligibility": "INELIGIBLE",
            "pendingRenewal": always(False),
            "renewalSummaries": always([]),
            "subjectAlternativeNames": lambda making: [making.given("domainName")],
            "validationEmails": always([]),
            "notAfter": "",
            "notBefore": "",
        },
        rules=(
            dns_rules.certificate(_ACM),
            one_of("validationMethod", ("DNS", "EMAIL", "HTTP"), _ACM),
            length("domainName", 1, 253, _ACM),
        ),
        in_use="ResourceInUseException",
    ),
    TypeSpec(
        "aws:acm/certificateValidation:CertificateValidation",
        id=dns_rules.now,
        rules=(
            pattern(
                "certificateArn",
                r"arn:aws[a-z-]*:acm:.+:certificate/.+",
                "the ARN of a certificate",
                _ACM,
            ),
        ),
        references=(
            Reference(
                "certificateArn",
                (CERTIFICATE,),
                by=("arn",),
                code="ResourceNotFoundException",
                holds=False,
            ),
        ),
        world=(dns_rules.records_are_there,),
    ),
)
