"""Deliveries of what services log (CloudWatch Logs' vended logs, version 2; pure table).

Sources: `internal/service/logs/delivery*.go` of hashicorp/terraform-provider-aws, and the API
reference of CloudWatch Logs. Of services that log this way only CloudFront is modelled.
"""

from __future__ import annotations

from infra.local.aws.catalogue import log_delivery_rules
from infra.local.aws.catalogue.tokens import (
    DISTRIBUTION,
    LOG_DELIVERY,
    LOG_DESTINATION,
    LOG_SOURCE,
)
from infra.local.aws.rules.basic import count, length, one_of, pattern
from infra.local.aws.spec import Reference, TypeSpec

_API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_{}.html"
_SOURCE, _DESTINATION = _API.format("PutDeliverySource"), _API.format("PutDeliveryDestination")
_DELIVERY, _S3 = _API.format("CreateDelivery"), _API.format("S3DeliveryConfiguration")
_NAME, _NAME_SAYS = r"[\w-]{1,60}", "60 letters, digits, - and _"
_FORMATS = ("json", "plain", "w3c", "raw", "parquet")

TYPES = (
    TypeSpec(
        LOG_SOURCE,
        id="{in.name}",
        computed={
            "arn": "arn:aws:logs:{region}:{account}:delivery-source:{id}",
            "service": log_delivery_rules.service,
        },
        unique=("name",),
        exists="ConflictException",
        rules=(
            pattern("name", _NAME, _NAME_SAYS, _SOURCE),
            pattern("logType", r"[\w]{1,255}", "letters, digits and _", _SOURCE),
            log_delivery_rules.log_type_of_service(_SOURCE),
            log_delivery_rules.home_of_service(_SOURCE),
        ),
        references=(
            Reference(
                "resourceArn", (DISTRIBUTION,), ("arn",), "ResourceNotFoundException", holds=False
            ),
        ),
        world=(log_delivery_rules.logs_once,),
        in_use="ConflictException",
    ),
    TypeSpec(
        LOG_DESTINATION,
        id="{in.name}",
        computed={
            "arn": "arn:aws:logs:{region}:{account}:delivery-destination:{id}",
            "deliveryDestinationType": log_delivery_rules.destination_type,
        },
        live=("deliveryDestinationType",),
        unique=("name",),
        exists="ConflictException",
        rules=(
            pattern("name", _NAME, _NAME_SAYS, _DESTINATION),
            one_of("outputFormat", _FORMATS, _DESTINATION),
            one_of("deliveryDestinationType", ("S3", "CWL", "FH", "XRAY"), _DESTINATION),
            log_delivery_rules.one_place(_DESTINATION),
        ),
        world=(log_delivery_rules.place_exists,),
        in_use="ConflictException",
    ),
    TypeSpec(
        LOG_DELIVERY,
        id="{upper}",
        computed={
            "arn": "arn:aws:logs:{region}:{account}:delivery:{id}",
            "fieldDelimiter": lambda making: making.given("fieldDelimiter", ""),
            "recordFields": log_delivery_rules.all_fields,
            "s3DeliveryConfigurations": log_delivery_rules.path,
        },
        unique=("deliverySourceName", "deliveryDestinationArn"),
        exists="ConflictException",
        rules=(
            length("fieldDelimiter", 0, 5, _DELIVERY),
            count("recordFields", 0, 128, _DELIVERY),
            pattern("recordFields[*]", r"[\w()-]{1,64}", "names of fields", _DELIVERY),
            count("s3DeliveryConfigurations", 0, 1, _DELIVERY),
            length("s3DeliveryConfigurations[*].suffixPath", 0, 256, _S3),
        ),
        references=(
            Reference("deliverySourceName", (LOG_SOURCE,), ("id",), "ResourceNotFoundException"),
            Reference(
                "deliveryDestinationArn", (LOG_DESTINATION,), ("arn",), "ResourceNotFoundException"
            ),
        ),
        world=(log_delivery_rules.delimiter_fits, log_delivery_rules.bucket_lets_write),
    ),
)
