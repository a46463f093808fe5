"""The local rules, each seen to reject."""

from __future__ import annotations

import msgspec
import pytest

from app.core.identity import Language
from app.core.records import now
from app.core.texts import catalogue, text
from app.documents.model import Document, DocumentKind, DocumentState, Position
from app.jobs.rules import assess, distance_km
from tests.app.jobs.world import FARM

HERE = Position(latitude=FARM.latitude, longitude=FARM.longitude)
AWAY = Position(latitude=FARM.latitude + 1, longitude=FARM.longitude)


def paper(kind: DocumentKind, name: str = "file", **changes: object) -> Document:
    document = Document(
        id=name,
        application_id="a",
        owner_id="o",
        kind=kind,
        file_name=name,
        content_type="image/jpeg",
        size=1,
        sha256="",
        key="k",
        state=DocumentState.PROCESSED,
        version=1,
        created_at=now(),
    )
    for field, value in changes.items():
        setattr(document, field, value)
    return document


GOOD = [paper(DocumentKind.PHOTO, "field.jpg", position=HERE), paper(DocumentKind.DEED, "deed.pdf")]


def keys(documents, farm=FARM):
    return [one.key for one in assess(farm, documents).findings]


def test_good_papers_pass_with_full_score():
    assessment = assess(FARM, GOOD)
    assert (assessment.passed, assessment.score, assessment.findings) == (True, 100, ())


@pytest.mark.parametrize(
    ("documents", "key"),
    [
        (GOOD[:1], "quality.missing-deed"),
        (GOOD[1:], "quality.missing-photo"),
        ([paper(DocumentKind.PHOTO), GOOD[1]], "quality.no-position"),
        ([paper(DocumentKind.PHOTO, position=AWAY), GOOD[1]], "quality.far-away"),
        ([*GOOD, paper(DocumentKind.PLAN, state=DocumentState.REJECTED)], "quality.unreadable"),
    ],
)
def test_what_is_missing_blocks(documents, key):
    assessment = assess(FARM, documents)
    assert [one.key for one in assessment.findings] == [key]
    assert not assessment.passed
    assert assessment.score < 100


@pytest.mark.parametrize("area", [0.1, 20_000.0])
def test_an_impossible_area_blocks(area):
    assert keys(GOOD, msgspec.structs.replace(FARM, area_rai=area)) == ["quality.area"]


def test_one_of_several_photographs_far_away_or_without_position_is_advice():
    documents = [
        *GOOD,
        paper(DocumentKind.PHOTO, "market.jpg", position=AWAY),
        paper(DocumentKind.PHOTO, "old.jpg"),
    ]
    assessment = assess(FARM, documents)
    assert assessment.passed
    assert assessment.score == 90
    assert len(assessment.findings) == 2


def test_a_rejected_photograph_is_no_photograph():
    documents = [paper(DocumentKind.PHOTO, position=HERE, state=DocumentState.REJECTED), GOOD[1]]
    assert keys(documents) == ["quality.missing-photo", "quality.unreadable"]


def test_the_score_never_falls_below_zero():
    documents = [paper(DocumentKind.PLAN, f"{n}", state=DocumentState.REJECTED) for n in range(9)]
    assert assess(FARM, documents).score == 0


def test_distances_are_great_circles():
    bangkok = Position(latitude=13.7563, longitude=100.5018)
    assert distance_km(bangkok, 18.7883, 98.9853) == pytest.approx(583, abs=5)
    assert distance_km(bangkok, 13.7563, 100.5018) == 0


@pytest.mark.parametrize("language", list(Language))
def test_every_finding_has_its_sentence(language):
    broken = [
        *([paper(DocumentKind.PHOTO, position=AWAY)], [paper(DocumentKind.PHOTO)], []),
        [*GOOD, paper(DocumentKind.PHOTO), paper(DocumentKind.PLAN, state=DocumentState.REJECTED)],
    ]
    small = msgspec.structs.replace(FARM, area_rai=0.1)
    used = set()
    for documents in broken:
        for one in assess(small, documents).findings:
            assert text(language, one.key, **dict(one.values))
            used.add(one.key)
    known = {key for key in catalogue(language) if key.startswith("quality.")}
    assert used == known
