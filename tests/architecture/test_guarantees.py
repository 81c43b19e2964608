"""The page of guarantees names only what is there, and its figures are those of the drills."""

import re

import pytest

from tests.drills import guarantees

_PROMISES, _FOUND = guarantees.PAGE.read_text().split(guarantees.BEGIN)
_DRILLS = {
    file.stem.removeprefix("test_") for file in (guarantees.ROOT / "tests/drills").glob("test_*.py")
}


def test_the_page_tells_what_the_drills_found() -> None:
    text = guarantees.PAGE.read_text()
    assert guarantees.page(text) == text, "write it anew: ./run guarantees"


def test_every_promise_names_where_it_is_shown() -> None:
    rows = [line for line in _PROMISES.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if "`" not in row.split(" | ")[-1]] == []


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[^`]*)`", _PROMISES))))
def test_names_tests_that_are_there(path: str) -> None:
    assert (guarantees.ROOT / path).exists()


def test_every_drill_is_on_the_page_and_every_one_on_it_is_there() -> None:
    assert set(re.findall(r"`\./run drill (\w+)`", _PROMISES)) == _DRILLS


@pytest.mark.parametrize("found", guarantees.results(), ids=lambda found: found["drill"])
def test_a_result_is_of_a_whole_drill_and_says_when_and_of_what(found: dict[str, object]) -> None:
    assert found["full"]
    assert found["drill"] in _DRILLS
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(found["date"]))
    assert re.fullmatch(r"[0-9a-f]{7,40}\+?", str(found["commit"]))
    assert found["command"] == f"./run drill {found['drill']}"
    assert found["figures"]
