"""Rules between a distribution and what it stands on."""

from __future__ import annotations

from typing import Any

from infra.local.aws.catalogue.managed_policies import ORIGIN_REQUEST
from infra.local.aws.catalogue.tokens import (
    BUCKET,
    CERTIFICATE,
    CERTIFICATE_USE,
    DISTRIBUTION,
    OWNERSHIP,
)
from infra.local.aws.codec import at, plain
from infra.local.aws.making import Making
from infra.local.aws.spec import AwsError
from infra.local.aws.world import World

_HOME = "us-east-1"  # CloudFront's own region: certificates and filters come from there
_LOGS = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html"


def certificate_serves(world: World, making: Making) -> None:
    """The certificate is of us-east-1, issued, and names every alias."""
    wanted = (at(making.inputs, "viewerCertificate.acmCertificateArn") or [None])[0]
    found = world.find((CERTIFICATE,), wanted, ("arn",), anywhere=True)
    if found is None:
        return
    if found.region != _HOME:
        raise AwsError(
            "InvalidViewerCertificate",
            f"The specified SSL certificate {wanted} isn't in us-east-1 region but in"
            f" {found.region}; make it there (region, or a provider of its own)",
        )
    domain = plain(found.inputs.get("domainName"))
    used = world.seen_from(_HOME).where(CERTIFICATE_USE, "certificateArn", wanted)
    if domain is not None and not used and not found.inputs.get("certificateAuthorityArn"):
        raise AwsError(
            "InvalidViewerCertificate",
            f"The specified SSL certificate {wanted} isn't valid: it is pending validation; give"
            " the certificateArn of an aws.acm.CertificateValidation",
            state=True,
        )
    names = [domain, *(plain(found.inputs.get("subjectAlternativeNames")) or [])]
    for alias in making.given("aliases", []):
        if domain is not None and not any(_covers(str(name), alias) for name in names):
            raise AwsError(
                "InvalidViewerCertificate",
                f"The certificate {wanted} is for {', '.join(map(str, names))}, which doesn't"
                f" cover the alternate domain name {alias!r}",
            )


def _covers(name: str, alias: str) -> bool:
    wild = name.startswith("*.") and alias.partition(".")[2] == name.removeprefix("*.")
    return name == alias or wild


def aliases_are_free(world: World, making: Making) -> None:
    mine = set(making.given("aliases", []))
    for other in world.store.of_type(DISTRIBUTION):
        theirs: list[Any] = plain(other.inputs.get("aliases")) or []
        taken = mine.intersection(theirs)
        if other.id != making.id and taken:
            raise AwsError(
                "CNAMEAlreadyExists",
                f"{', '.join(sorted(taken))} is an alternate domain name of {other.id} already",
                state=True,
            )


def filter_is_global(_world: World, making: Making) -> None:
    """A web ACL of a distribution has the scope CLOUDFRONT."""
    named = str(making.given("webAclId", ""))
    if named.startswith("arn:") and ":global/webacl/" not in named:
        raise AwsError(
            "InvalidWebACLId", f"{named} is not of scope CLOUDFRONT, which distributions need"
        )


def bucket_takes_logs(world: World, making: Making) -> None:
    """Standard logs are written with ACLs, which the log bucket must have on."""
    domain = str((at(making.inputs, "loggingConfig.bucket") or [""])[0])
    if not domain:
        return
    bucket = world.find((BUCKET,), domain.partition(".s3.")[0])
    if bucket is None or not domain.endswith("amazonaws.com"):
        raise AwsError(
            "InvalidArgument",
            f"loggingConfig bucket {domain!r} is not the domain of a bucket that exists, such as"
            " name.s3.amazonaws.com",
        )
    rule: Any = plain(world.output(OWNERSHIP, bucket.id, "rule")) or {}
    if rule.get("objectOwnership", "BucketOwnerEnforced") == "BucketOwnerEnforced":
        raise AwsError(
            "InvalidArgument",
            f"The S3 bucket {bucket.id} that you specified for CloudFront logs does not enable ACL"
            f" access; set its BucketOwnershipControls first (depends_on) ({_LOGS})",
            state=True,
        )


def request_policies_exist(_world: World, making: Making) -> None:
    """Origin request policies of one's own have no type here: only AWS's are known."""
    paths = ("defaultCacheBehavior", "orderedCacheBehaviors[*]")
    for path in paths:
        for policy in at(making.inputs, f"{path}.originRequestPolicyId"):
            if policy not in ORIGIN_REQUEST:
                raise AwsError(
                    "NoSuchOriginRequestPolicy",
                    f"{policy!r} is none of AWS's origin request policies"
                    f" ({', '.join(ORIGIN_REQUEST.values())}); aws:cloudfront/originRequestPolicy"
                    " is not modelled by the local provider",
                )
