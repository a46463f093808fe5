"""Listeners of load balancers (pure table).

Sources: `internal/service/elbv2/listener.go` of hashicorp/terraform-provider-aws, and the API
reference of Elastic Load Balancing (2015-12-01).
"""

from __future__ import annotations

from infra.local.aws.catalogue import listener_rules
from infra.local.aws.catalogue.tokens import BALANCER, CERTIFICATE, LISTENER, TARGET_GROUP
from infra.local.aws.rules.basic import between, count, one_of, pattern
from infra.local.aws.spec import Reference, TypeSpec

_FILE = "elbv2/listener.go"
_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/{}.html"
_LISTENER_API, _ACTION_API = _API.format("API_CreateListener"), _API.format("API_Action")
_GONE = "TargetGroupNotFound"

TYPES = (
    TypeSpec(
        LISTENER,
        id=listener_rules.arn,
        computed={
            "arn": "{id}",
            "protocol": listener_rules.default_protocol,
            "sslPolicy": listener_rules.default_policy,
            "tcpIdleTimeoutSeconds": listener_rules.idle_seconds,
        },
        live=("sslPolicy",),
        unique=("loadBalancerArn", "port"),
        exists="DuplicateListener",
        rules=(
            one_of("protocol", listener_rules.PROTOCOLS, _LISTENER_API),
            between("port", 1, 65535, "(a port)", _LISTENER_API),
            pattern(
                "sslPolicy",
                r"ELBSecurityPolicy-[\w-]+",
                "a security policy such as ELBSecurityPolicy-TLS13-1-2-2021-06",
                _LISTENER_API,
            ),
            one_of(
                "alpnPolicy",
                ("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"),
                _LISTENER_API,
            ),
            between(
                "tcpIdleTimeoutSeconds",
                60,
                6000,
                "seconds",
                _API.format("API_ListenerAttribute"),
            ),
            listener_rules.encrypted(_LISTENER_API),
            count("defaultActions", 1, 10, _LISTENER_API),
            one_of(
                "defaultActions[*].type",
                (
                    "authenticate-cognito",
                    "authenticate-oidc",
                    "fixed-response",
                    "forward",
                    "jwt-validation",
                    "redirect",
                ),
                _ACTION_API,
            ),
            between("defaultActions[*].order", 1, 50000, "(an order)", _ACTION_API),
            listener_rules.actions(_ACTION_API),
            count("defaultActions[*].forward.targetGroups", 1, 5, _ACTION_API),
            between(
                "defaultActions[*].forward.targetGroups[*].weight", 0, 999, "parts", _ACTION_API
            ),
            between(
                "defaultActions[*].forward.stickiness.duration", 1, 604800, "seconds", _ACTION_API
            ),
            pattern(
                "defaultActions[*].fixedResponse.statusCode",
                r"[245]\d\d",
                "a status 2xx, 4xx or 5xx",
                _ACTION_API,
            ),
            one_of(
                "defaultActions[*].fixedResponse.contentType",
                (
                    "text/plain",
                    "text/css",
                    "text/html",
                    "application/javascript",
                    "application/json",
                ),
                _ACTION_API,
            ),
            one_of("defaultActions[*].redirect.statusCode", ("HTTP_301", "HTTP_302"), _ACTION_API),
            one_of(
                "defaultActions[*].redirect.protocol",
                ("#{protocol}", "HTTP", "HTTPS"),
                _ACTION_API,
            ),
            one_of("mutualAuthentication.mode", ("off", "passthrough", "verify"), _LISTENER_API),
        ),
        references=(
            Reference(
                "loadBalancerArn", (BALANCER,), ("arn",), "LoadBalancerNotFound", holds=False
            ),
            Reference("certificateArn", (CERTIFICATE,), ("arn",), "CertificateNotFound"),
            Reference("defaultActions[*].targetGroupArn", (TARGET_GROUP,), ("arn",), _GONE),
            Reference(
                "defaultActions[*].forward.targetGroups[*].arn", (TARGET_GROUP,), ("arn",), _GONE
            ),
        ),
        world=(
            listener_rules.protocol_of_balancer,
            listener_rules.certificate_is_issued,
            listener_rules.groups_fit,
        ),
    ),
)
