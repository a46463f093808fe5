"""Cases of deliveries of logs (pure table)."""

from typing import Any

from infra.local.aws.catalogue import tokens
from tests.infra.local.aws.cases.case import Case, Held, Refused

HOME = {"region": "us-east-1"}
SOURCE: dict[str, Any] = {
    **HOME,
    "name": "edge",
    "logType": "ACCESS_LOGS",
    "resourceArn": "$distribution:arn",
}
DESTINATION: dict[str, Any] = {
    **HOME,
    "name": "edge",
    "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::<log-policy>"},
}
DELIVERY: dict[str, Any] = {
    **HOME,
    "deliverySourceName": "$log-source",
    "deliveryDestinationArn": "$log-destination:arn",
}


def _to(arn: str) -> dict[str, Any]:
    return {"deliveryDestinationConfiguration": {"destinationResourceArn": arn}}


CASES = (
    Case(
        tokens.LOG_SOURCE,
        least=SOURCE,
        full={**SOURCE, "tags": {"env": "test"}},
        update={"tags": {"env": "test"}},
        replace={"name": "another"},
        drift="tags.env=other",
        rejected=({"logType": "AUDIT"}, "it has ACCESS_LOGS"),
        outputs=("arn", "service"),
    ),
    Case(
        tokens.LOG_DESTINATION,
        least=DESTINATION,
        full={
            **DESTINATION,
            **_to("arn:aws:s3:::<log-policy>/edge"),
            "outputFormat": "parquet",
            "deliveryDestinationType": "S3",
            "tags": {"env": "test"},
        },
        update={"tags": {"env": "test"}},
        replace={"outputFormat": "json"},
        drift="tags.env=other",
        rejected=(_to("arn:aws:s3:::nobody"), "does not exist"),
        outputs=("arn", "deliveryDestinationType"),
    ),
    Case(
        tokens.LOG_DELIVERY,
        least=DELIVERY,
        full={
            **DELIVERY,
            "deliveryDestinationArn": "$log-destination-text:arn",
            "fieldDelimiter": "\t",
            "recordFields": ["date", "cs(Host)", "sc-status"],
            "s3DeliveryConfigurations": [
                {"enableHiveCompatiblePath": True, "suffixPath": "{DistributionId}/{yyyy}"}
            ],
            "tags": {"env": "test"},
        },
        update={"recordFields": ["date", "sc-status"]},
        replace={"deliveryDestinationArn": "$log-destination-text:arn"},
        drift="tags.env=other",
        rejected=({"recordFields": ["not a field"]}, "names of fields"),
        outputs=("arn", "recordFields"),
    ),
)

REFUSED = (
    Refused(tokens.LOG_SOURCE, {"name": "no spaces"}, "letters, digits, - and _"),
    Refused(tokens.LOG_SOURCE, {"region": None}, "is made in us-east-1"),
    Refused(
        tokens.LOG_SOURCE,
        {"resourceArn": "arn:aws:cloudfront::123456789012:distribution/ENOBODY"},
        "ResourceNotFoundException",
    ),
    Refused(tokens.LOG_SOURCE, {"name": "x" * 61}, "60 letters"),
    Refused(tokens.LOG_DESTINATION, {"deliveryDestinationConfiguration": None}, "needs a dest"),
    Refused(tokens.LOG_DESTINATION, {"deliveryDestinationType": "XRAY"}, "takes no dest"),
    Refused(tokens.LOG_DESTINATION, {"deliveryDestinationType": "CWL"}, "no destination of type"),
    Refused(tokens.LOG_DESTINATION, {"outputFormat": "csv"}, "none of json"),
    Refused(tokens.LOG_DESTINATION, _to("arn:aws:sns:us-east-1:123456789012:a"), "no destination"),
    Refused(
        tokens.LOG_DESTINATION,
        _to("arn:aws:logs:us-east-1:123456789012:log-group:nobody"),
        "does not exist",
    ),
    Refused(tokens.LOG_DELIVERY, {"deliverySourceName": "nobody"}, "ResourceNotFoundException"),
    Refused(
        tokens.LOG_DELIVERY,
        {"deliveryDestinationArn": "$log-destination-json:arn", "fieldDelimiter": "\t"},
        "takes no fieldDelimiter",
    ),
    Refused(
        tokens.LOG_DELIVERY,
        {"deliveryDestinationArn": "$log-destination-closed:arn"},
        "does not let delivery.logs.amazonaws.com write",
    ),
    Refused(
        tokens.LOG_DELIVERY,
        {
            "s3DeliveryConfigurations": [
                {"enableHiveCompatiblePath": False, "suffixPath": "x" * 257}
            ]
        },
        "256",
    ),
)

HELD = (
    Held("log-source", tokens.LOG_DELIVERY, DELIVERY, "ConflictException"),
    Held("log-destination", tokens.LOG_DELIVERY, DELIVERY, "ConflictException"),
)
