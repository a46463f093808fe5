"""Where the computed outputs of queues, events and what stands at the edge are from (pure table).

As `outputs_services.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.spec import Outputs, outputs_of

ROWS: Mapping[str, Outputs] = {
    "aws:sqs/queue:Queue": outputs_of(
        "sqs/queue.go",
        "arn url",
        filled=(
            "name policy redrivePolicy redriveAllowPolicy kmsDataKeyReusePeriodSeconds "
            "sqsManagedSseEnabled deduplicationScope fifoThroughputLimit"
        ),
    ),
    "aws:cloudwatch/eventRule:EventRule": outputs_of("events/rule.go", "arn", filled="name"),
    "aws:cloudwatch/eventTarget:EventTarget": outputs_of("events/target.go", "", filled="targetId"),
    "aws:lb/loadBalancer:LoadBalancer": outputs_of(
        "elbv2/load_balancer.go",
        "arn arnSuffix dnsName vpcId zoneId",
        filled=(
            "name internal ipAddressType securityGroups subnets subnetMappings "
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
        ),
    ),
    "aws:lb/targetGroup:TargetGroup": outputs_of(
        "elbv2/target_group.go",
        "arn arnSuffix loadBalancerArns",
        filled=(
            "name connectionTermination healthCheck ipAddressType loadBalancingAlgorithmType "
            "loadBalancingAnomalyMitigation loadBalancingCrossZoneEnabled preserveClientIp "
            "protocolVersion stickiness"
        ),
    ),
    "aws:lb/listener:Listener": outputs_of(
        "elbv2/listener.go", "arn", filled="protocol sslPolicy tcpIdleTimeoutSeconds"
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": outputs_of(
        "cloudfront/origin_access_control.go", "arn etag"
    ),
    "aws:cloudfront/cachePolicy:CachePolicy": outputs_of("cloudfront/cache_policy.go", "arn etag"),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": outputs_of(
        "cloudfront/response_headers_policy.go", "arn etag"
    ),
    "aws:cloudfront/distribution:Distribution": outputs_of(
        "cloudfront/distribution.go",
        (
            "arn callerReference domainName etag hostedZoneId inProgressValidationBatches "
            "lastModifiedTime loggingV1Enabled status trustedKeyGroups trustedSigners"
        ),
    ),
    "aws:wafv2/webAcl:WebAcl": outputs_of(
        "wafv2/web_acl.go", "applicationIntegrationUrl arn capacity lockToken", filled="name"
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": outputs_of(
        "logs/delivery_source.go", "arn service"
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": outputs_of(
        "logs/delivery_destination.go", "arn", filled="deliveryDestinationType"
    ),
    "aws:cloudwatch/logDelivery:LogDelivery": outputs_of(
        "logs/delivery.go", "arn", filled="fieldDelimiter recordFields s3DeliveryConfigurations"
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": outputs_of(
        "secretsmanager/secret_rotation.go", "", filled="rotationEnabled"
    ),
}
