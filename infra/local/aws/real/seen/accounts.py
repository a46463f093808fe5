"""Roles and policies, as the AWS API on loopback has them."""

from __future__ import annotations

from collections.abc import Mapping

from infra.local.aws.catalogue.tokens import POLICY, PROFILE, ROLE
from infra.local.aws.codec import Properties
from infra.local.aws.making import Making
from infra.local.aws.real.api import Api
from infra.local.aws.real.identities import iam, is_amazons
from infra.local.aws.real.seen.common import See, asked, tags_in, text_of


def _role(api: Api, making: Making) -> Properties | None:
    client = iam(api, making)
    found = asked(api, lambda: client.get_role(RoleName=making.id)["Role"])
    if found is None:
        return None
    return {
        "assumeRolePolicy": text_of(found["AssumeRolePolicyDocument"]),
        "maxSessionDuration": found.get("MaxSessionDuration", 3600),
        "tagsAll": tags_in(found.get("Tags", [])),
    }


def _policy(api: Api, making: Making) -> Properties | None:
    client, arn = iam(api, making), making.id
    found = asked(api, lambda: client.get_policy(PolicyArn=arn)["Policy"])
    if found is None:
        return None
    with api.asking():
        version = client.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
    return {"policy": text_of(version["PolicyVersion"]["Document"])}


def _inline(api: Api, making: Making) -> Properties | None:
    client, role, name = iam(api, making), making.given("role"), making.given("name")
    found = asked(api, lambda: client.get_role_policy(RoleName=role, PolicyName=name))
    return None if found is None else {"policy": text_of(found["PolicyDocument"])}


def _attachment(api: Api, making: Making) -> Properties | None:
    """AWS's own policies are not all there: one that is missing was only recorded."""
    client, role, arn = iam(api, making), making.given("role"), str(making.given("policyArn"))
    attached = asked(api, lambda: client.list_attached_role_policies(RoleName=role)) or {}
    if arn in {one["PolicyArn"] for one in attached.get("AttachedPolicies", [])}:
        return {}
    known = api.there(lambda: client.get_policy(PolicyArn=arn))
    return {} if is_amazons(arn) and not known else None


def _profile(api: Api, making: Making) -> Properties | None:
    client = iam(api, making)
    found = asked(
        api,
        lambda: client.get_instance_profile(InstanceProfileName=making.id)["InstanceProfile"],
    )
    if found is None:
        return None
    roles = [role["RoleName"] for role in found["Roles"]]
    return {"role": roles[0] if roles else None}


SEEN: Mapping[str, See] = {
    ROLE: _role,
    POLICY: _policy,
    "aws:iam/rolePolicy:RolePolicy": _inline,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachment,
    PROFILE: _profile,
}
