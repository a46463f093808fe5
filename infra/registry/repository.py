"""The registry of the application's images."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.stack import Stack
from infra.tags import DataClass

KEEP_UNTAGGED_DAYS = 14
KEEP_IMAGES = 50  # releases that can still be rolled back to


@dataclass(frozen=True, slots=True)
class RepositoryArgs:
    key_arn: pulumi.Output[str]


def lifecycle_policy() -> str:
    """Untagged images end after days, tagged ones by number; ECR's JSON.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
    """
    untagged = {
        "rulePriority": 1,
        "description": f"Untagged images end after {KEEP_UNTAGGED_DAYS} days",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": KEEP_UNTAGGED_DAYS,
        },
        "action": {"type": "expire"},
    }
    surplus = {
        "rulePriority": 2,
        "description": f"The last {KEEP_IMAGES} images stay",
        "selection": {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": KEEP_IMAGES,
        },
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [untagged, surplus]}, separators=(",", ":"), sort_keys=True)


class Repository(pulumi.ComponentResource):
    """An ECR repository whose tags never move and whose images are scanned when pushed.

    Children: the repository, its lifecycle policy.
    """

    def __init__(
        self,
        name: str,
        stack: Stack,
        args: RepositoryArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("gacp:registry:Repository", name, None, opts)
        repository = aws.ecr.Repository(
            name,
            name=stack.names.path("app"),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=args.key_arn
                )
            ],
            force_delete=not stack.safety.protect,
            tags=stack.tags.of(stack.names.path("app"), DataClass.INTERNAL),
            opts=stack.stateful_child_of(self),
        )
        aws.ecr.LifecyclePolicy(
            name,
            repository=repository.name,
            policy=lifecycle_policy(),
            opts=stack.child_of(self),
        )
        self._repository = repository
        self.register_outputs({"repositoryUrl": repository.repository_url})

    @property
    def url(self) -> pulumi.Output[str]:
        return self._repository.repository_url

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._repository.arn
