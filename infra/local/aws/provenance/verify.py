"""Reads a checkout of the provider for AWS, and compares the table of types with it.

    python -m infra.local.aws verify-sources GIT_DIR            print differences
    python -m infra.local.aws verify-sources GIT_DIR --write    and keep what was read as data

GIT_DIR is a git directory of hashicorp/terraform-provider-aws, or of an index of it. botocore
(installed for tests) has the enumerations. Nothing is fetched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.aws import freeze, provided
from infra.local.aws.names import KNOWN_TYPES
from infra.local.aws.provenance.agreement import differences
from infra.local.aws.provenance.checkout import Checkout, SourceError
from infra.local.aws.provenance.facts_of_types import facts_of_type
from infra.local.aws.provenance.schemas import Source
from infra.local.aws.table import TABLE


def read_types(checkout: Checkout) -> dict[str, Any]:
    """What `data/provider.json` holds. Raises `SourceError` for a checkout that lacks a type."""
    source = Source(checkout)
    types: dict[str, Any] = {}
    for token in sorted(KNOWN_TYPES):
        try:
            types[token] = facts_of_type(source, token)
        except LookupError as error:
            raise SourceError(f"{token}: {error.args[0]}") from error
    version = re.search(r"v\d+\.\d+\.\d+", checkout.subject)
    return {
        "project": "hashicorp/terraform-provider-aws",
        "version": version[0] if version else checkout.commit[:12],
        "commit": checkout.commit,
        "committed": checkout.committed,
        "types": types,
    }


def report(types: dict[str, Any]) -> Iterator[str]:
    """Each difference between the table and the source, as a line."""
    for token in sorted(TABLE):
        for difference in differences(TABLE[token], types[token]):
            yield f"{token}: {difference}"


def run(directory: Path, *, write: bool) -> int:
    """1 if the table and the source differ beyond what is explained, 2 for no such source."""
    try:
        found = read_types(Checkout(directory))
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if write:
        provided.FILE.write_text(freeze.written(found), "utf-8")
    lines = list(report(found["types"]))
    for line in lines:
        sys.stdout.write(f"{line}\n")
    inputs = sum(len(each["attributes"]) for each in found["types"].values())
    sys.stdout.write(
        f"{found['project']} {found['version']} (commit {found['commit'][:12]}):"
        f" {inputs} attributes of {len(found['types'])} types, {len(lines)} differences\n"
    )
    return 1 if lines else 0
