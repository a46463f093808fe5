"""What rows say with the provider for AWS as their source (pure).

A file is named under hashicorp/terraform-provider-aws `internal/service`, such as `sqs/queue.go`.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.local.aws.codec import Value
from infra.local.aws.making import Making, render

_SOURCE = "terraform-provider-aws internal/service/{}: {}"


def says(file: str, what: str = "ValidateFunc") -> str:
    """The source of a rule, such as `ConflictsWith`."""
    return _SOURCE.format(file, what)


def named(making: Making) -> Value:
    """The name, or the given beginning with 26 characters (`create.Name`)."""
    return making.given("name") or render("{in.namePrefix}{token}", making)


def after_name(template: str) -> Callable[[Making], Value]:
    """A template that asks for `{out.name}`, which is settled first."""

    def value(making: Making) -> Value:
        making.outputs.setdefault("name", named(making))
        return render(template, making)

    return value


def arn_of(template: str) -> str:
    """An ARN of the resource's own region and account: `sqs:queue` gives `arn:aws:sqs:…:queue`."""
    service, _, rest = template.partition(":")
    return f"arn:aws:{service}:{{region}}:{{account}}:{rest}"
