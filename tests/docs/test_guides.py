"""What the guides show: the configuration takes snippets of stack files, commands are known."""

from pathlib import Path

import pytest
import yaml

from infra.config.keys import deep_merged
from infra.config.loader import load_settings
from tests.docs.test_readme import Block, blocks, help_text, unknown_words
from tests.support.stacks import stack_configuration

ROOT = Path(__file__).parents[2]
INFOS = {"yaml", "sh aws", "text"}
RUN_ELSEWHERE = {"own-server.md"}  # test_own_server.py runs every command of that page


def guides() -> dict[str, list[Block]]:
    pages = sorted((ROOT / "docs").glob("*.md"))
    return {
        page.name: blocks(page.read_text(encoding="utf-8"))
        for page in pages
        if page.name not in RUN_ELSEWHERE
    }


def shown(info: str) -> list[tuple[str, Block]]:
    return [(page, each) for page, found in guides().items() for each in found if each.info == info]


def test_every_block_says_what_it_is():
    infos = {(page, each.info) for page, found in guides().items() for each in found}
    assert {row for row in infos if row[1] not in INFOS} == set()


@pytest.mark.parametrize("compute", ["host", "cluster"])
@pytest.mark.parametrize(("page", "block"), shown("yaml"), ids=lambda each: str(each)[:20])
def test_a_snippet_of_a_stack_file_is_taken(page, block, compute):
    snippet = yaml.safe_load(block.body)["config"]
    load_settings(deep_merged(stack_configuration("prod", compute), snippet))


@pytest.mark.engine
def test_commands_for_an_account_are_known_to_their_tools():
    commands = [command for _, each in shown("sh aws") for command in each.commands()]
    assert len(commands) >= 2
    wrong = {command: unknown_words(command, help_text) for command in commands}
    assert not {command: words for command, words in wrong.items() if words}
