"""Rules of services that the documentation has and the provider's schema has not (pure table).

Sources: the docstrings of the installed SDK (pulumi_aws 7.51.1, class and argument as named), or
the page of AWS that a rule names.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.catalogue.tokens import (
    ADDON,
    CACHE_GROUP,
    EKS,
    POLICY,
    PROFILE,
    RECORD,
    SECRET,
    SECRET_VERSION,
    TOPIC,
)
from infra.local.aws.rules.basic import between, length, one_of, pattern
from infra.local.aws.rules.places import zone
from infra.local.aws.spec import Rule

_EKS = "https://docs.aws.amazon.com/eks/latest/APIReference/{}.html"
_GEO = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoLocation.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/APIReference/{}.html"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/{}.html"
_INTEGER = 2147483647


def _sdk(name: str) -> str:
    return f"pulumi_aws 7.51.1 {name}: docstring"


_CORS_METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
_DATE = (r"\d{4}-\d\d-\d\d(T00:00:00Z)?", "a date such as 2026-08-22, at midnight UTC")
_KUBE = "kubeApiServerConfig"
_SCORING = "kubeSchedulerConfig.nodeResourcesFit.scoringStrategy"
_LABEL = (
    r"[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "a Kubernetes name: lower-case letters, digits, hyphens",
)

MORE: Mapping[str, tuple[Rule, ...]] = {
    "aws:eks/accessEntry:AccessEntry": (
        pattern(
            "userName",
            r"(?!(system|eks|aws|amazon|iam):).+",
            "it may not begin with system:, eks:, aws:, amazon: or iam:",
            _EKS.format("API_CreateAccessEntry"),
        ),
    ),
    ADDON: (
        pattern(
            "namespaceConfig.namespace", *_LABEL, _EKS.format("API_AddonNamespaceConfigRequest")
        ),
        length("namespaceConfig.namespace", 1, 63, _EKS.format("API_AddonNamespaceConfigRequest")),
        pattern(
            "podIdentityAssociations[*].serviceAccount",
            *_LABEL,
            _EKS.format("API_AddonPodIdentityAssociations"),
        ),
    ),
    EKS: (
        pattern(f"{_KUBE}.eventTtl", r"\d+[smh]", "a duration such as 30m", _sdk("eks.Cluster")),
        between(f"{_KUBE}.serviceNodePortRange.minPort", 10260, 32767, "", _sdk("eks.Cluster")),
        between(f"{_KUBE}.serviceNodePortRange.maxPort", 10260, 32767, "", _sdk("eks.Cluster")),
        pattern(
            "kubeControllerManagerConfig.horizontalPodAutoscalerControllerConfig"
            ".horizontalPodAutoscalerSyncPeriod",
            *(r"1[0-5]s", "10s to 15s"),
            _sdk("eks.Cluster"),
        ),
        between(
            "kubeControllerManagerConfig.podGcControllerConfig.terminatedPodGcThreshold",
            *(0, 12500, "pods"),
            _sdk("eks.Cluster"),
        ),
        between(f"{_SCORING}.resources[*].weight", 1, 100, "as weight", _sdk("eks.Cluster")),
        one_of(f"{_SCORING}.type", ("LeastAllocated", "MostAllocated"), _sdk("eks.Cluster")),
    ),
    CACHE_GROUP: (
        pattern(
            "nodeGroupConfigurations[*].slots",
            *(r"\d+-\d+(,\d+-\d+)*", "a range of slots such as 0-5460"),
            _sdk("elasticache.ReplicationGroupNodeGroupConfigurationArgs"),
        ),
        zone("nodeGroupConfigurations[*].primaryAvailabilityZone"),
        zone("nodeGroupConfigurations[*].replicaAvailabilityZones[*]"),
    ),
    PROFILE: (
        pattern(
            "path", r"/|/[!-~]+/", "a path begins and ends with /", _sdk("iam.InstanceProfile")
        ),
    ),
    POLICY: (length("description", 0, 1000, _IAM.format("API_CreatePolicy")),),
    RECORD: (
        one_of(
            "geolocationRoutingPolicies[*].continent",
            ("AF", "AN", "AS", "EU", "OC", "NA", "SA"),
            _GEO,
        ),
        pattern(
            "geolocationRoutingPolicies[*].country", r"\*|[A-Z]{2}", "two capitals, or *", _GEO
        ),
        pattern("geolocationRoutingPolicies[*].subdivision", r"[A-Z0-9]{1,3}", "such as NY", _GEO),
        between(
            "weightedRoutingPolicies[*].weight",
            0,
            255,
            "as weight",
            _GEO.replace("API_GeoLocation", "API_ResourceRecordSet"),
        ),
    ),
    "aws:s3/bucket:Bucket": (
        one_of("corsRules[*].allowedMethods[*]", _CORS_METHODS, _sdk("s3.BucketCorsRuleArgs")),
        between("corsRules[*].maxAgeSeconds", 0, _INTEGER, "s", _S3.format("API_CORSRule")),
        between(
            "lifecycleRules[*].abortIncompleteMultipartUploadDays",
            *(1, _INTEGER, "days"),
            _S3.format("API_AbortIncompleteMultipartUpload"),
        ),
        one_of(
            "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes[*]",
            ("SSE-C", "NONE"),
            _sdk("s3.BucketServerSideEncryptionConfigurationRuleArgs"),
        ),
    ),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": (
        between("corsRules[*].maxAgeSeconds", 0, _INTEGER, "s", _S3.format("API_CORSRule")),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        pattern("rules[*].expiration.date", *_DATE, _S3.format("API_LifecycleExpiration")),
        pattern("rules[*].transitions[*].date", *_DATE, _S3.format("API_Transition")),
        between(
            "rules[*].abortIncompleteMultipartUpload.daysAfterInitiation",
            *(1, _INTEGER, "days"),
            _S3.format("API_AbortIncompleteMultipartUpload"),
        ),
        between(
            "rules[*].filter.objectSizeGreaterThan",
            0,
            2**50,
            "bytes",
            _S3.format("API_LifecycleRuleFilter"),
        ),
        between(
            "rules[*].filter.objectSizeLessThan",
            1,
            2**50,
            "bytes",
            _S3.format("API_LifecycleRuleFilter"),
        ),
        pattern(
            "timeouts.create", r"(\d+(\.\d+)?(ms|s|m|h))+", "a duration such as 2h45m", _sdk("s3")
        ),
        pattern(
            "timeouts.update", r"(\d+(\.\d+)?(ms|s|m|h))+", "a duration such as 2h45m", _sdk("s3")
        ),
    ),
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": (
        pattern(
            "routingRules[*].condition.httpErrorCodeReturnedEquals",
            *(r"[45]\d\d", "a code of 4xx or 5xx"),
            _S3.format("API_Condition"),
        ),
    ),
    SECRET: (
        pattern(
            "replicas[*].region",
            *(r"[a-z]{2}(-[a-z]+)+-\d", "a region such as ap-southeast-1"),
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicaRegionType.html",
        ),
    ),
    SECRET_VERSION: (
        length(
            "versionStages[*]",
            *(1, 256),
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html",
        ),
    ),
    TOPIC: (
        length(
            "displayName",
            *(0, 100),
            "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
        ),
        between("maximumMessageSize", 1024, 1048576, "bytes", _sdk("sns.Topic")),
    ),
}
