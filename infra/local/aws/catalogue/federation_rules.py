"""Computed values of identity providers, service-linked roles and groups."""

from __future__ import annotations

import hashlib

from infra.local.aws.codec import Value
from infra.local.aws.making import Making
from infra.local.aws.spec import ACCOUNT

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html,
# and the service's own page on service-linked roles. Others are named after the service.
_SERVICE_ROLES = {
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "eks.amazonaws.com": "AWSServiceRoleForAmazonEKS",
    "eks-nodegroup.amazonaws.com": "AWSServiceRoleForAmazonEKSNodegroup",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "es.amazonaws.com": "AWSServiceRoleForAmazonElasticsearchService",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
}


def provider_arn(making: Making) -> Value:
    return f"arn:aws:iam::{ACCOUNT}:oidc-provider/{making.given('url').removeprefix('https://')}"


def thumbprints(making: Making) -> Value:
    """IAM fetches the top certificate of the issuer: here a hash of its name stands for it."""
    return [hashlib.sha1(making.given("url").encode(), usedforsecurity=False).hexdigest()]


def service_role_name(making: Making) -> Value:
    service = str(making.given("awsServiceName"))
    named = service.split(".")[0].replace("-", " ").title().replace(" ", "")
    name = _SERVICE_ROLES.get(service, f"AWSServiceRoleFor{named}")
    suffix = making.given("customSuffix")
    return f"{name}_{suffix}" if suffix else name


def service_role_arn(making: Making) -> Value:
    path = f"/aws-service-role/{making.given('awsServiceName')}/"
    return f"arn:aws:iam::{ACCOUNT}:role{path}{service_role_name(making)}"


def group_attachment_id(making: Making) -> Value:
    return f"{making.given('group')}-{str(making.given('policyArn')).rpartition('/')[2]}"
