"""ECR repositories on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.catalogue.tokens import REPOSITORY
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.realising import Realiser


def _make_repository(api: Api, making: Making) -> Properties:
    with api.adopting("RepositoryAlreadyExistsException"):
        api.client("ecr", making.region).create_repository(repositoryName=making.given("name"))
    return {}


def _settle_repository(api: Api, making: Making) -> None:
    client, scanning = api.client("ecr", making.region), making.given("imageScanningConfiguration")
    with api.asking():
        client.put_image_tag_mutability(
            repositoryName=making.id,
            imageTagMutability=making.given("imageTagMutability", "MUTABLE"),
        )
        client.put_image_scanning_configuration(
            repositoryName=making.id,
            imageScanningConfiguration={"scanOnPush": bool((scanning or {}).get("scanOnPush"))},
        )


def _has_repository(api: Api, making: Making) -> bool:
    client = api.client("ecr", making.region)
    return api.there(
        lambda: client.describe_repositories(repositoryNames=[making.id])["repositories"]
    )


def _remove_repository(api: Api, making: Making) -> None:
    """One with images is refused by the API, unless `forceDelete`."""
    client, force = api.client("ecr", making.region), bool(making.given("forceDelete"))
    api.away(lambda: client.delete_repository(repositoryName=making.id, force=force))


def _put_image_lifecycle(api: Api, making: Making) -> None:
    with api.asking():
        api.client("ecr", making.region).put_lifecycle_policy(
            repositoryName=making.id, lifecyclePolicyText=making.given("policy")
        )


def _remove_image_lifecycle(api: Api, making: Making) -> None:
    client = api.client("ecr", making.region)
    api.away(lambda: client.delete_lifecycle_policy(repositoryName=making.id))


def _nothing(_api: Api, _making: Making) -> Properties:
    return {}


def _never(_api: Api, _making: Making) -> bool:
    return False  # putting is cheap and the same twice


REALISERS: Mapping[str, Realiser] = {
    REPOSITORY: Realiser(_make_repository, _has_repository, _remove_repository, _settle_repository),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Realiser(
        _nothing, _never, _remove_image_lifecycle, _put_image_lifecycle
    ),
}
