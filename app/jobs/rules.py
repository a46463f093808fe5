"""The local rules of the quality check: what an application must bring before anyone visits.

Pure: documents and the farm in, findings and a score out. The thresholds are rulings of this
project; the checker calls itself `local-rules` so that nobody takes it for a person or a model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.applications.model import Farm
from app.documents.model import Document, DocumentKind, DocumentState, Position

CHECKER = "local-rules"
# Without these nobody can say whose land it is and what it looks like.
REQUIRED = (DocumentKind.PHOTO, DocumentKind.DEED)
NEAR_KM = 5.0  # a farm is one point here, its fields may lie apart
SMALLEST_RAI, LARGEST_RAI = 0.25, 10_000.0
FULL_SCORE = 100
_EARTH_KM = 6371.0088


class Weight(IntEnum):
    """Points that a finding takes off. A blocking one returns the application whatever is left."""

    BLOCKING = 30
    ADVICE = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: the key of its sentence (`app/texts/quality`) and what fills it."""

    key: str
    weight: Weight
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say; `score` from 0 to 100."""

    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(one.weight is not Weight.BLOCKING for one in self.findings)

    @property
    def score(self) -> int:
        return max(0, FULL_SCORE - sum(int(one.weight) for one in self.findings))


def assess(farm: Farm, documents: Sequence[Document]) -> Assessment:
    """Check an application's documents, all of them processed or rejected, against its farm."""
    findings = [
        *_missing_kinds(documents),
        *_unreadable(documents),
        *_positions(farm, documents),
        *_area(farm),
    ]
    return Assessment(tuple(findings))


def distance_km(one: Position, latitude: float, longitude: float) -> float:
    """Great-circle distance (haversine) in kilometres."""
    here, there = math.radians(one.latitude), math.radians(latitude)
    rise = math.sin((there - here) / 2) ** 2
    turn = math.sin(math.radians(longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(rise + math.cos(here) * math.cos(there) * turn))


def _usable(documents: Sequence[Document], kind: DocumentKind) -> list[Document]:
    return [one for one in documents if one.kind is kind and one.state is DocumentState.PROCESSED]


def _missing_kinds(documents: Sequence[Document]) -> list[Finding]:
    return [
        Finding(f"quality.missing-{kind}", Weight.BLOCKING)
        for kind in REQUIRED
        if not _usable(documents, kind)
    ]


def _unreadable(documents: Sequence[Document]) -> list[Finding]:
    return [
        Finding("quality.unreadable", Weight.BLOCKING, (("file", one.file_name),))
        for one in documents
        if one.state is DocumentState.REJECTED
    ]


def _positions(farm: Farm, documents: Sequence[Document]) -> list[Finding]:
    photos = _usable(documents, DocumentKind.PHOTO)
    placed = [(photo, photo.position) for photo in photos if photo.position is not None]
    if photos and not placed:
        return [Finding("quality.no-position", Weight.BLOCKING)]
    findings: list[Finding] = []
    away = {
        photo.file_name: distance
        for photo, position in placed
        if (distance := distance_km(position, farm.latitude, farm.longitude)) > NEAR_KM
    }
    none_is_near = bool(placed) and len(away) == len(placed)
    for name, distance in away.items():
        weight = Weight.BLOCKING if none_is_near else Weight.ADVICE
        values = (("file", name), ("distance", f"{distance:.0f}"), ("limit", f"{NEAR_KM:.0f}"))
        findings.append(Finding("quality.far-away", weight, values))
    without = len(photos) - len(placed)
    if placed and without:
        values = (("count", str(without)),)
        findings.append(Finding("quality.some-without-position", Weight.ADVICE, values))
    return findings


def _area(farm: Farm) -> list[Finding]:
    if SMALLEST_RAI <= farm.area_rai <= LARGEST_RAI:
        return []
    values = (
        ("area", f"{farm.area_rai:g}"),
        ("least", f"{SMALLEST_RAI:g}"),
        ("most", f"{LARGEST_RAI:g}"),
    )
    return [Finding("quality.area", Weight.BLOCKING, values)]
