"""One encryption key with its alias."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.identity import policies
from infra.stack import Stack
from infra.tags import DataClass


@dataclass(frozen=True, slots=True)
class KeyArgs:
    """`statements` of the key's policy are added to the account's own. `region` is the stack's
    where it isn't given. `lasts` says that something which outlives the stack is encrypted with it.
    """

    description: str
    statements: tuple[policies.Statement, ...] = ()
    region: str | None = None
    lasts: bool = False


class Key(pulumi.ComponentResource):
    """A symmetric key that AWS rotates every year.

    Children: the key, its alias. Losing a key loses all that it encrypted, so it is protected and
    its deletion waits for the configured days.
    """

    def __init__(
        self, name: str, stack: Stack, args: KeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("gacp:keys:Key", name, None, opts)
        key = aws.kms.Key(
            name,
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=stack.safety.recovery_days,
            region=args.region,
            policy=policies.document((*policies.key_of_account(stack.account), *args.statements)),
            tags=stack.tags.of(stack.names.of(name), DataClass.SECRET),
            opts=(stack.lasting_child_of if args.lasts else stack.stateful_child_of)(self),
        )
        aws.kms.Alias(
            name,
            name=f"alias/{stack.names.of(name)}",
            target_key_id=key.key_id,
            region=args.region,
            opts=stack.child_of(self),
        )
        self._key = key
        self.register_outputs({"keyArn": key.arn})

    @property
    def arn(self) -> pulumi.Output[str]:
        return self._key.arn
