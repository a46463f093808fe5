"""IAM roles, policies and profiles on the AWS API on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local.aws.catalogue.tokens import POLICY, PROFILE, ROLE
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api, tag_list
from infra.local.aws.realising import Realiser

_EXISTS = "EntityAlreadyExists"


def iam(api: Api, making: Making) -> Any:
    return api.client("iam", making.region)


def _make_role(api: Api, making: Making) -> Properties:
    bounded = making.given("permissionsBoundary")
    with api.adopting(_EXISTS):
        iam(api, making).create_role(
            RoleName=making.given("name"),
            Path=making.given("path", "/"),
            AssumeRolePolicyDocument=making.given("assumeRolePolicy"),
            MaxSessionDuration=making.given("maxSessionDuration", 3600),
            **({"PermissionsBoundary": bounded} if bounded else {}),
        )
    return {}


def _settle_role(api: Api, making: Making) -> None:
    client, name = iam(api, making), making.id
    with api.asking():
        client.update_assume_role_policy(
            RoleName=name, PolicyDocument=making.given("assumeRolePolicy")
        )
        _bound(client, name, making.given("permissionsBoundary"))
        for arn in making.given("managedPolicyArns", []):
            _attach(client, name, arn)
        for policy in making.given("inlinePolicies", []):
            if policy.get("policy"):
                client.put_role_policy(
                    RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"]
                )
        client.update_role(
            RoleName=name, MaxSessionDuration=making.given("maxSessionDuration", 3600)
        )
        wanted: dict[str, str] = making.outputs.get("tagsAll") or {}
        found = client.list_role_tags(RoleName=name)["Tags"]
        if strange := sorted({tag["Key"] for tag in found} - wanted.keys()):
            client.untag_role(RoleName=name, TagKeys=strange)
        if wanted:
            client.tag_role(RoleName=name, Tags=tag_list(wanted))


def _bound(client: Any, role: str, boundary: str | None) -> None:
    if boundary:
        client.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    elif client.get_role(RoleName=role)["Role"].get("PermissionsBoundary"):
        client.delete_role_permissions_boundary(RoleName=role)


def _attach(client: Any, role: str, arn: str) -> None:
    """AWS's own policies are not all there: one that is missing is only recorded."""
    try:
        client.attach_role_policy(RoleName=role, PolicyArn=arn)
    except client.exceptions.NoSuchEntityException:
        if not is_amazons(arn):
            raise


def is_amazons(arn: str) -> bool:
    return arn.startswith("arn:aws:iam::aws:")


def _has_role(api: Api, making: Making) -> bool:
    client = iam(api, making)
    return api.there(lambda: client.get_role(RoleName=making.id))


def _remove_role(api: Api, making: Making) -> None:
    client, name = iam(api, making), making.id
    if not _has_role(api, making):
        return
    with api.asking():
        for policy in client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            client.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            client.delete_role_policy(RoleName=name, PolicyName=policy)
        for profile in client.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
            client.remove_role_from_instance_profile(
                InstanceProfileName=profile["InstanceProfileName"], RoleName=name
            )
        client.delete_role(RoleName=name)


def _make_policy(api: Api, making: Making) -> Properties:
    with api.adopting(_EXISTS):
        iam(api, making).create_policy(
            PolicyName=making.given("name"),
            Path=making.given("path", "/"),
            PolicyDocument=making.given("policy"),
        )
    return {}


def _has_policy(api: Api, making: Making) -> bool:
    client = iam(api, making)
    return api.there(lambda: client.get_policy(PolicyArn=making.id))


def _settle_policy(api: Api, making: Making) -> None:
    """A change is a new default version; IAM keeps five, so the others go."""
    client, arn = iam(api, making), making.id
    with api.asking():
        for version in client.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        client.create_policy_version(
            PolicyArn=arn, PolicyDocument=making.given("policy"), SetAsDefault=True
        )


def _remove_policy(api: Api, making: Making) -> None:
    client, arn = iam(api, making), making.id
    if not _has_policy(api, making):
        return
    with api.asking():
        for version in client.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                client.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        client.delete_policy(PolicyArn=arn)


def _make_nothing(_api: Api, _making: Making) -> Properties:
    return {}


def _never(_api: Api, _making: Making) -> bool:
    return False  # putting is cheap and the same twice


def _put_inline(api: Api, making: Making) -> None:
    with api.asking():
        iam(api, making).put_role_policy(
            RoleName=making.given("role"),
            PolicyName=making.given("name"),
            PolicyDocument=making.given("policy"),
        )


def _remove_inline(api: Api, making: Making) -> None:
    client, role, name = iam(api, making), making.given("role"), making.given("name")
    api.away(lambda: client.delete_role_policy(RoleName=role, PolicyName=name))


def _put_attachment(api: Api, making: Making) -> None:
    with api.asking():
        _attach(iam(api, making), making.given("role"), making.given("policyArn"))


def _remove_attachment(api: Api, making: Making) -> None:
    client, role, arn = iam(api, making), making.given("role"), making.given("policyArn")
    api.away(lambda: client.detach_role_policy(RoleName=role, PolicyArn=arn))


def _make_profile(api: Api, making: Making) -> Properties:
    with api.adopting(_EXISTS):
        iam(api, making).create_instance_profile(
            InstanceProfileName=making.given("name"), Path=making.given("path", "/")
        )
    return {}


def _has_profile(api: Api, making: Making) -> bool:
    client = iam(api, making)
    return api.there(lambda: client.get_instance_profile(InstanceProfileName=making.id))


def _settle_profile(api: Api, making: Making) -> None:
    client, name, wanted = iam(api, making), making.id, making.given("role")
    with api.asking():
        roles = client.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
        present = {role["RoleName"] for role in roles}
        for other in present - {wanted}:
            client.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=other)
        if wanted and wanted not in present:
            client.add_role_to_instance_profile(InstanceProfileName=name, RoleName=wanted)


def _remove_profile(api: Api, making: Making) -> None:
    client, name, role = iam(api, making), making.id, making.given("role")
    if role:
        api.away(
            lambda: client.remove_role_from_instance_profile(
                InstanceProfileName=name, RoleName=role
            )
        )
    api.away(lambda: client.delete_instance_profile(InstanceProfileName=name))


REALISERS: Mapping[str, Realiser] = {
    ROLE: Realiser(_make_role, _has_role, _remove_role, _settle_role),
    POLICY: Realiser(_make_policy, _has_policy, _remove_policy, _settle_policy),
    "aws:iam/rolePolicy:RolePolicy": Realiser(_make_nothing, _never, _remove_inline, _put_inline),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Realiser(
        _make_nothing, _never, _remove_attachment, _put_attachment
    ),
    PROFILE: Realiser(_make_profile, _has_profile, _remove_profile, _settle_profile),
}
