"""Many kinds of roles, and who may take each."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
me = aws.get_caller_identity()
partition = aws.get_partition()


def trusting(principal, action="sts:AssumeRole", condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def service(name):
    return json.dumps(trusting({"Service": f"{name}.amazonaws.com"}))


# Services, by a loop.
MANAGED = {
    "ec2": ["AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy"],
    "lambda": ["service-role/AWSLambdaBasicExecutionRole"],
    "ecs-tasks": ["service-role/AmazonECSTaskExecutionRolePolicy"],
}
roles = {}
for name, policies in MANAGED.items():
    roles[name] = aws.iam.Role(name, assume_role_policy=service(name), path="/services/")
    for policy in policies:
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy.rpartition('/')[2]}",
            role=roles[name].name,
            policy_arn=f"arn:{partition.partition}:iam::aws:policy/{policy}",
        )
profile = aws.iam.InstanceProfile("machines", role=roles["ec2"].name, path="/services/")

# A pipeline with tokens of its own issuer.
issuer = aws.iam.OpenIdConnectProvider(
    "pipeline",
    url="https://token.actions.githubusercontent.com",
    client_id_lists=["sts.amazonaws.com"],
)
pipeline = aws.iam.Role(
    "pipeline",
    assume_role_policy=issuer.arn.apply(
        lambda arn: json.dumps(
            trusting(
                {"Federated": arn},
                "sts:AssumeRoleWithWebIdentity",
                {
                    "StringLike": {
                        "token.actions.githubusercontent.com:sub": (
                            f"repo:{config.require('repository')}:*"
                        )
                    }
                },
            )
        )
    ),
    max_session_duration=config.require_int("sessionHours") * 3600,
)

# What the pipeline may do: a policy of its own, bounded by another.
bucket = aws.s3.Bucket("releases", force_destroy=True)
boundary = aws.iam.Policy(
    "boundary",
    policy=aws.iam.get_policy_document(
        statements=[
            {"actions": ["s3:*", "ecr:*"], "resources": ["*"]},
            {"effect": "Deny", "actions": ["iam:*"], "resources": ["*"]},
        ]
    ).json,
)
release = aws.iam.Policy(
    "release",
    description="writes releases",
    policy=aws.iam.get_policy_document_output(
        statements=[
            {
                "sid": "Write",
                "actions": ["s3:PutObject", "s3:GetObject"],
                "resources": [pulumi.Output.concat(bucket.arn, "/*")],
                "conditions": [
                    {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
                ],
            },
            {"sid": "List", "actions": ["s3:ListBucket"], "resources": [bucket.arn]},
        ]
    ).json,
)
aws.iam.RolePolicyAttachment("release", role=pipeline.name, policy_arn=release.arn)

# Another account, with an external id and a second factor.
auditor = aws.iam.Role(
    "auditor",
    assume_role_policy=trusting(
        {"AWS": "arn:aws:iam::210987654321:root"},
        condition={
            "StringEquals": {"sts:ExternalId": "audit-2026"},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
        },
    ),
    managed_policy_arns=["arn:aws:iam::aws:policy/SecurityAudit"],
    permissions_boundary=boundary.arn,
    force_detach_policies=True,
)

# People: a group, its policy, and a role that its members may take.
people = aws.iam.Group("operators")
aws.iam.GroupPolicyAttachment(
    "operators-read", group=people.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess"
)
for name in ("somchai", "malee"):
    person = aws.iam.User(name, path="/people/", force_destroy=True)
    aws.iam.UserGroupMembership(name, user=person.name, groups=[people.name])
operator = aws.iam.Role(
    "operator",
    assume_role_policy=json.dumps(trusting({"AWS": f"arn:aws:iam::{me.account_id}:root"})),
    inline_policies=[
        {
            "name": "logs",
            "policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": ["logs:Get*"], "Resource": ["*"]}],
                }
            ),
        }
    ],
)
aws.iam.RolePolicy(
    "operator-keys",
    role=operator.id,
    policy={
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "kms:Describe*", "Resource": "*"}],
    },
)
aws.iam.ServiceLinkedRole("autoscaling", aws_service_name="autoscaling.amazonaws.com")

pulumi.export("arns", {name: role.arn for name, role in roles.items()})
pulumi.export("pipeline", pipeline.arn)
pulumi.export("profile", profile.name)
