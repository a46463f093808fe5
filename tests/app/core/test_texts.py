import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from app.applications.states import State, Step
from app.certificates.model import Status
from app.core.identity import Language
from app.core.texts import MissingText, catalogue, preferred_language, text

APP = Path(__file__).parents[3] / "app"
THAI, ENGLISH = Language.THAI, Language.ENGLISH
# Only text meant for the other language's readers, and what is the same in both.
SAME_IN_BOTH = {"problem.document-refused.detail"}


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def keys_in_templates() -> set[str]:
    return {
        key
        for path in sorted((APP / "templates" / "portal").glob("*.html"))
        for key in re.findall(r't\("([\w.-]+[\w-])"\)', path.read_text(encoding="utf-8"))
    }


def keys_in_code() -> set[str]:
    """First texts given to `text(language, …)` and reasons given to `DocumentRefused(…)`."""
    found = set()
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            at = {"text": 1, "DocumentRefused": 0}.get(node.func.id)
            if at is None or len(node.args) <= at:
                continue
            value = node.args[at]
            if isinstance(value, ast.Constant):
                found.add(value.value)
    return found


def test_both_languages_have_the_same_keys():
    assert catalogue(THAI).keys() == catalogue(ENGLISH).keys()


def test_both_languages_fill_the_same_places():
    for key, sentence in catalogue(THAI).items():
        assert places(sentence) == places(catalogue(ENGLISH)[key]), key


def test_thai_sentences_are_thai_and_english_ones_are_not():
    for key in catalogue(THAI).keys() - SAME_IN_BOTH - {"portal.other-language"}:
        assert re.search("[\u0e00-\u0e7f]", catalogue(THAI)[key]), key
        assert not re.search("[\u0e00-\u0e7f]", catalogue(ENGLISH)[key]), key


def test_every_key_that_is_used_exists():
    used = keys_in_code() | keys_in_templates()
    assert {"document.empty", "verify.button", "landing.title"} <= used
    assert used <= catalogue(THAI).keys()


def test_every_status_has_its_texts():
    for status in Status:
        assert f"certificate.status.{status}" in catalogue(THAI)
        assert f"certificate.status.{status}.detail" in catalogue(THAI)


def test_a_missing_key_is_an_error_that_names_it():
    with pytest.raises(MissingText, match="no-such-key"):
        text(THAI, "no-such-key")


def test_places_are_filled():
    told = text(
        ENGLISH,
        "problem.transition-refused.detail",
        step=Step.SUBMIT,
        state=State.CHECKED,
        allowed="withdraw",
    )
    assert told == (
        "The step submit is not possible while the application is checked. "
        "Possible for you: withdraw."
    )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, ENGLISH),
        ("", ENGLISH),
        ("th", THAI),
        ("th-TH,en;q=0.5", THAI),
        ("en;q=0.4, th;q=0.9", THAI),
        ("fr, de", ENGLISH),
        ("th;q=0", ENGLISH),
        ("th;q=nonsense, en;q=0.1", ENGLISH),
    ],
)
def test_the_reader_gets_the_language_that_weighs_most(header, language):
    assert preferred_language(header, ENGLISH) is language
