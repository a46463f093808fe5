"""Rules and computed values of deliveries of logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.aws.catalogue.tokens import BUCKET, LOG_DESTINATION, LOG_GROUP, LOG_SOURCE
from infra.local.aws.codec import UNKNOWN, Properties, Value, at, plain
from infra.local.aws.making import Making
from infra.local.aws.rules.basic import known
from infra.local.aws.spec import AwsError, Failure, Rule, Scope
from infra.local.aws.world import World

_HOME = "us-east-1"  # of CloudFront's control plane
_PLACE = "deliveryDestinationConfiguration.destinationResourceArn"
_TYPES = {"s3": "S3", "logs": "CWL", "firehose": "FH"}
_LOG_TYPES = {"cloudfront": ("ACCESS_LOGS", "CONNECTION_LOGS")}
_POLICY = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html"
)
# What CloudFront writes where no fields are chosen (developer guide, standard logging, v2): those
# of its older logs, in their order.
_FIELDS = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)"),
    *("cs-uri-stem", "sc-status", "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)"),
    *("x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes"),
    *("time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
    *("x-edge-response-result-type", "cs-protocol-version", "fle-status"),
    *("fle-encrypted-fields", "c-port", "time-to-first-byte", "x-edge-detailed-result-type"),
    *("sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end"),
)


def _service_of(arn: Value) -> str:
    return str(arn).split(":")[2] if str(arn).count(":") > 2 else ""


def service(making: Making) -> Value:
    return _service_of(making.given("resourceArn"))


def log_type_of_service(source: str) -> Rule:
    """A service has its own kinds of logs."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        arn, kind = inputs.get("resourceArn"), inputs.get("logType")
        kinds = _LOG_TYPES.get(_service_of(arn), ()) if known(arn) else ()
        if kinds and known(kind) and kind not in kinds:
            shown = f"ValidationException: {_service_of(arn)} has no logs of type {kind!r}; it has"
            yield Failure("logType", f"{shown} {', '.join(kinds)} ({source})")

    return rule


def home_of_service(source: str) -> Rule:
    """CloudFront's sources are made in us-east-1, wherever the logs go."""

    def rule(inputs: Properties, scope: Scope) -> Iterator[Failure]:
        arn = inputs.get("resourceArn")
        if known(arn) and _service_of(arn) == "cloudfront" and scope.region != _HOME:
            shown = f"ValidationException: a distribution's source is made in {_HOME}, not in"
            yield Failure("resourceArn", f"{shown} {scope.region} ({source})")

    return rule


def logs_once(world: World, making: Making) -> None:
    """A resource has one source for each kind of its logs."""
    wanted = (making.given("resourceArn"), making.given("logType"))
    for other in world.where(LOG_SOURCE, "resourceArn", wanted[0]):
        if other.id != making.id and plain(other.inputs.get("logType")) == wanted[1]:
            raise AwsError(
                "ConflictException",
                f"{wanted[0]} has the source {other.id} for {wanted[1]} already",
                state=True,
            )


def destination_type(making: Making) -> Value:
    given = making.given("deliveryDestinationType")
    return given or _TYPES.get(_service_of((at(making.inputs, _PLACE) or [""])[0]), "S3")


def one_place(source: str) -> Rule:
    """Logs go to a bucket, a log group or a stream, which X-Ray alone has none of."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        kind, place = inputs.get("deliveryDestinationType"), at(inputs, _PLACE)
        if UNKNOWN in (kind, inputs.get("deliveryDestinationConfiguration")):
            return
        to_xray = kind == "XRAY"
        if to_xray == bool(place):
            verb = "takes no" if to_xray else "needs a"
            shown = f"ValidationException: {kind or 'a destination'} {verb} destinationResourceArn"
            yield Failure("deliveryDestinationConfiguration", f"{shown} ({source})")
        for arn in filter(known, place):
            found = _TYPES.get(_service_of(arn))
            if found is None or (known(kind) and found != kind):
                shown = f"ValidationException: {arn!r} is no destination of type {kind or 'any'}"
                yield Failure("deliveryDestinationConfiguration", f"{shown} ({source})")

    return rule


def _bucket_of(arn: Value) -> str:
    """A bucket may be named with a prefix for the keys behind it."""
    return str(arn).rpartition(":::")[2].partition("/")[0]


def place_exists(world: World, making: Making) -> None:
    """The bucket (of any region) or log group (of this one) is there."""
    for arn in at(making.inputs, _PLACE):
        of_s3 = _service_of(arn) == "s3"
        found = (
            world.find((BUCKET,), _bucket_of(arn), anywhere=True)
            if of_s3
            else world.find((LOG_GROUP,), str(arn).removesuffix(":*"), ("arn",))
        )
        if found is None and _service_of(arn) != "firehose":
            raise AwsError("ResourceNotFoundException", f"{arn} does not exist")


def _destination(world: World, making: Making) -> Any:
    named = making.given("deliveryDestinationArn")
    return world.find((LOG_DESTINATION,), named, ("arn",))


def delimiter_fits(world: World, making: Making) -> None:
    """Between fields stands something in text alone."""
    found = _destination(world, making)
    form = plain(found.inputs.get("outputFormat")) if found else None
    if making.given("fieldDelimiter") and form not in (None, "plain", "w3c", "raw"):
        raise AwsError("ValidationException", f"outputFormat {form} takes no fieldDelimiter")


def bucket_lets_write(world: World, making: Making) -> None:
    """The bucket's policy lets the service write. AWS would add that to the policy by itself,
    behind the engine's back, which then would take it away again: refused here.
    """
    found = _destination(world, making)
    for arn in at(plain(found.inputs), _PLACE) if found else ():
        if _service_of(arn) != "s3":
            continue
        bucket = _bucket_of(arn)
        policy = world.output("aws:s3/bucketPolicy:BucketPolicy", bucket, "policy")
        if "delivery.logs.amazonaws.com" not in str(policy):
            raise AwsError(
                "AccessDeniedException",
                f"the policy of bucket {bucket} does not let delivery.logs.amazonaws.com write;"
                f" make its policy first (depends_on) ({_POLICY})",
                state=True,
            )


def all_fields(making: Making) -> Value:
    return making.given("recordFields") or list(_FIELDS)


def path(making: Making) -> Value:
    """Where in the bucket the logs lie: by day, where nothing else is said."""
    given = making.given("s3DeliveryConfigurations")
    default = "AWSLogs/{account-id}/CloudFront/"
    return given or [{"enableHiveCompatiblePath": False, "suffixPath": default}]
