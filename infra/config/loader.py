"""From the namespaced objects of a stack file to valid, frozen settings. No AWS call is made."""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Callable, Mapping
from enum import EnumMeta, StrEnum
from functools import cache
from typing import Any, cast

from infra.config.checks import contradictions
from infra.config.choices import ComputeProfile, Environment
from infra.config.errors import ConfigurationError, Problem
from infra.config.idle import given_in_vain
from infra.config.keys import deep_merged, spec_of, wire_name
from infra.config.places import missing_there
from infra.config.profiles import defaults_of
from infra.config.rules import PLACEHOLDER
from infra.config.settings import AwsConfig, Settings, StackConfig

_MISSING = object()
_KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false"}


def load_settings(raw: Mapping[str, object]) -> Settings:
    """Settings from `{"gacp:network": {...}, "aws:region": ..., ...}`, values as in the stack file.

    An object or list may also come as its JSON text, as engines hand it to programs.
    Raises `ConfigurationError` with every problem at once; each names key, value and rule.
    """
    namespaces = namespaces_of(raw)
    given = namespaces["gacp"]
    problems: list[Problem] = []
    stack = _decode(StackConfig, deep_merged(preset_of(given), given), "gacp:", problems)
    known = {wire_name(field.name) for field in dataclasses.fields(AwsConfig)}
    for_the_program = {name: value for name, value in namespaces["aws"].items() if name in known}
    aws = _decode(AwsConfig, for_the_program, "aws:", problems)
    if stack is not None and aws is not None:
        settings = Settings(stack, aws)
        problems += given_in_vain(settings, given)
        problems += (*contradictions(settings), *missing_there(settings))
        if not problems:
            return settings
    raise ConfigurationError(tuple(problems))


def namespaces_of(raw: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What is given under `gacp` and `aws`, by key; JSON texts as what they say."""
    found: dict[str, dict[str, object]] = {"gacp": {}, "aws": {}}
    for name, value in raw.items():
        namespace, _, rest = name.partition(":")
        if namespace in found:
            found[namespace][rest] = _parsed(value)
    return found


def _parsed(value: object) -> object:
    """The value behind a JSON text; other text stays as it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def preset_of(given: Mapping[str, object]) -> Mapping[str, object]:
    """The table of defaults that environment and compute profile name; none where they don't."""
    try:
        environment = Environment(str(given.get("environment")))
    except ValueError:
        return {}  # the key `environment` has its own problem
    named = _inside(given, "compute", "profile")
    adopts = bool(_inside(given, "network", "adopt", "vpcId"))
    try:
        return defaults_of(environment, ComputeProfile(str(named)), adopts=adopts)
    except ValueError:
        return defaults_of(environment, None, adopts=adopts)


def _inside(given: object, *path: str) -> object:
    for name in path:
        given = (
            cast("Mapping[str, object]", given).get(name) if isinstance(given, Mapping) else None
        )
    return given


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _decode(cls: type[Any], raw: object, prefix: str, problems: list[Problem]) -> Any:
    """An instance of a struct, or None when something in it is wrong."""
    if not isinstance(raw, Mapping):
        problems.append(Problem(prefix.rstrip(".:"), raw, "must be an object with keys"))
        return None
    given = cast("Mapping[str, object]", raw)
    fields = {wire_name(field.name): field for field in dataclasses.fields(cls)}
    before = len(problems)
    problems += (
        _unknown(prefix, name, given[name], fields) for name in given if name not in fields
    )
    values: dict[str, Any] = {}
    for name, declared in fields.items():
        key = prefix + name
        if name not in given:
            if _is_required(declared):
                problems.append(Problem(key, None, "has to be given", spec_of(declared).doc))
            continue
        hint = _hints(cls)[declared.name]
        value = given[name]
        if dataclasses.is_dataclass(hint):
            values[declared.name] = _decode(cast("type[Any]", hint), value, key + ".", problems)
        else:
            values[declared.name] = _value(key, value, hint, declared, problems)
    return cls(**values) if len(problems) == before else None


def _is_required(declared: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return declared.default is missing and declared.default_factory is missing


def _unknown(prefix: str, name: str, value: object, fields: Mapping[str, Any]) -> Problem:
    near = difflib.get_close_matches(name, fields, n=1)
    way_out = f"did you mean {prefix}{near[0]}?" if near else f"known are {', '.join(fields)}"
    return Problem(prefix + name, value, "no such key", way_out)


def _value(
    key: str, raw: object, hint: Any, declared: dataclasses.Field[Any], problems: list[Problem]
) -> Any:
    spec = spec_of(declared)
    if PLACEHOLDER in json.dumps(raw, default=str):
        problems.append(
            Problem(key, raw, "only you know this value", f"write it in place: {spec.doc}")
        )
        return None
    typed, must_be = _typed(raw, hint)
    if typed is _MISSING:
        problems.append(Problem(key, raw, f"must be {must_be}"))
    elif not spec.rule.holds(typed):
        problems.append(Problem(key, raw, f"must be {spec.rule.says}"))
    return typed


def _typed(raw: object, hint: Any) -> tuple[Any, str]:
    """The value in its declared type, else `_MISSING`, and what it must be in words."""
    if isinstance(hint, types.GenericAlias):  # tuple[str, ...], the one list there is
        if isinstance(raw, list) and all(isinstance(item, str) for item in cast("list[Any]", raw)):
            return tuple(cast("list[str]", raw)), ""
        return _MISSING, "a list of texts"
    if isinstance(hint, EnumMeta):
        members = [str(member) for member in cast("type[StrEnum]", hint)]
        chosen: Callable[[object], Any] = hint
        near = difflib.get_close_matches(str(raw), members, n=1, cutoff=0.5)
        hinted = f" (did you mean {near[0]}?)" if near else ""
        says = f"one of {', '.join(members)}{hinted}"
        return (chosen(raw), "") if raw in members else (_MISSING, says)
    # A configuration given on the command line, and every scalar under the engine, is text.
    if hint is int and isinstance(raw, str) and raw.removeprefix("-").isdecimal():
        raw = int(raw)
    if hint is bool and raw in ("true", "false"):
        raw = raw == "true"
    if isinstance(raw, bool) != (hint is bool) or not isinstance(raw, hint):
        return _MISSING, _KIND_NAMES[hint]
    return raw, ""
