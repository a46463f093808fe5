"""The evaluator that proves policies is held to the rules of IAM's own page."""

import pytest

from infra.policy.iam import Request, is_allowed, may_assume

MINE = "arn:aws:s3:::mine"


def allow(action="s3:GetObject", resource=MINE, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def when(operator, key="aws:k", value="v"):
    return allow(Condition={operator: {key: value}})


READ = Request("s3:GetObject", MINE)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([allow()], True),
        ([allow("s3:Get*")], True),
        ([allow("S3:getobject")], True),
        ([allow("s3:GetObject?")], False),
        ([allow(["s3:PutObject", "s3:GetObject"])], True),
        ([allow(resource="arn:aws:s3:::m*")], True),
        ([allow(resource=["arn:aws:s3:::other", "arn:aws:s3:::m*"])], True),
        ([allow(resource=["arn:aws:s3:::min", "ine"])], False),
        ([allow(resource=[])], False),
        ([allow(resource="arn:aws:s3:::Mine")], False),
        ([allow(resource="arn:aws:s3:::[m]ine")], False),
        ([allow(), {**allow("*", "*"), "Effect": "Deny"}], False),
        ([allow(), {**allow("s3:Put*", "*"), "Effect": "Deny"}], True),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": "*", "NotResource": MINE}], False),
    ],
)
def test_actions_and_resources_are_matched_and_a_refusal_wins(statements, expected):
    assert is_allowed(READ, statements) is expected


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("StringEquals", "v", True),
        ("StringEquals", "V", False),
        ("StringEquals", None, False),
        ("StringLike", "v", True),
        ("StringNotEquals", "w", True),
        ("StringNotEquals", "v", False),
        ("StringNotEquals", None, True),
        ("ForAnyValue:StringEquals", ["w", "v"], True),
        ("ForAnyValue:StringEquals", None, False),
        ("ForAllValues:StringEquals", ["w", "v"], False),
        ("ForAllValues:StringEquals", ["v"], True),
        ("ForAllValues:StringEquals", None, True),
    ],
)
def test_conditions_hold_as_aws_says(operator, given, expected):
    context = {} if given is None else {"AWS:K": given}
    assert is_allowed(Request("s3:GetObject", MINE, context), [when(operator)]) is expected


@pytest.mark.parametrize(("value", "given", "expected"), [("true", {}, True), ("false", {}, False)])
def test_a_key_that_must_be_absent_is_looked_for(value, given, expected):
    assert is_allowed(Request("s3:GetObject", MINE, given), [when("Null", value=value)]) is expected


def test_all_conditions_hold_at_once_and_one_value_of_each_is_enough():
    both = allow(Condition={"StringEquals": {"a": ["1", "2"], "b": "3"}})
    assert is_allowed(Request("s3:GetObject", MINE, {"a": "2", "b": "3"}), [both])
    assert not is_allowed(Request("s3:GetObject", MINE, {"a": "2"}), [both])


def test_a_boundary_gives_nothing_and_takes_what_it_lacks():
    assert not is_allowed(READ, [], [allow("*", "*")])
    assert not is_allowed(READ, [allow()], [allow("ec2:*", "*")])
    assert is_allowed(READ, [allow()], [allow("s3:*", "*")])


def test_an_operator_that_is_not_known_is_no_answer():
    with pytest.raises(ValueError, match="NumericLessThan"):
        is_allowed(READ, [when("NumericLessThan")])


def test_another_provider_takes_no_role():
    trust = [{"Effect": "Allow", "Principal": {"Federated": "mine"}, "Action": "sts:*"}]
    assert may_assume(trust, "mine", {})
    assert not may_assume(trust, "other", {})
