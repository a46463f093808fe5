"""What the controllers inside the cluster may do on AWS, as plain data."""

from __future__ import annotations

from infra.identity.policies import Statement


def balancer_controller_statements(target_groups: tuple[str, ...]) -> tuple[Statement, ...]:
    """Load Balancer Controller with target group bindings alone: it registers pods.

    Balancers, target groups and security groups are the stack's, so it makes and deletes none.
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
    """
    return (
        {
            "Sid": "RegisterPods",
            "Effect": "Allow",
            "Action": [
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:RegisterTargets",
            ],
            "Resource": list(target_groups),
        },
        {
            "Sid": "LookAround",
            "Effect": "Allow",
            "Action": [
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                "elasticloadbalancing:DescribeTargetGroupAttributes",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            "Resource": "*",  # these calls take no resource
        },
    )


def scaler_statements(region: str) -> tuple[Statement, ...]:
    """KEDA reads queue depths that the application publishes as metrics, and nothing else."""
    return (
        {
            "Sid": "ReadMetrics",
            "Effect": "Allow",
            "Action": ["cloudwatch:GetMetricData"],
            "Resource": "*",  # the call takes no resource
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        },
    )
