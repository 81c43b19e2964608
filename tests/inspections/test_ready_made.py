"""The checklists that every shop starts with."""

import re
from collections.abc import Iterator

import pytest

from inspections.ready_made import READY_MADE, ReadyMade, ReadyMadeItem
from inspections.states import IDENTITY, ItemKind, Stage

_BARE_BEFORE_MARK = re.compile(r"[^\u00a0\d][:;?!]")
_BY_CODE = {made.code: made for made in READY_MADE}

each = pytest.mark.parametrize("made", READY_MADE, ids=lambda made: made.code)


def _texts(made: ReadyMade) -> Iterator[dict[str, str]]:
    yield made.name
    for item in made.items:
        yield item.section
        yield item.name
        if item.help:
            yield item.help
        yield from item.shots


def _limits(item: ReadyMadeItem) -> list[object]:
    limits = [item.urgent_below, item.attention_below, item.attention_above, item.urgent_above]
    return [limit for limit in limits if limit is not None]


def test_there_is_one_for_every_stage() -> None:
    assert [made.stage for made in READY_MADE] == list(Stage)
    assert len(_BY_CODE) == len(READY_MADE)


@each
def test_each_text_is_there_in_three_languages(made: ReadyMade) -> None:
    for text in _texts(made):
        assert list(text) == ["en", "fr", "ru"]
        assert all(words == words.strip() and words for words in text.values()), text


@each
def test_each_text_is_written_as_its_readers_write(made: ReadyMade) -> None:
    for text in _texts(made):
        assert not _BARE_BEFORE_MARK.search(text["fr"]), text["fr"]
        assert "'" not in "".join(text.values()), text
        assert re.search("[а-яё]", text["ru"]) or text["ru"] == "VIN", text["ru"]
        assert "!" not in "".join(text.values()), text


@each
def test_names_say_which_item_is_meant(made: ReadyMade) -> None:
    for language in ("en", "fr", "ru"):
        said = [item.name[language] for item in made.items]
        assert len(set(said)) == len(said)


@each
def test_sections_stand_together(made: ReadyMade) -> None:
    sections = [item.section["en"] for item in made.items]
    changes = [one for one, before in zip(sections, ["", *sections], strict=False) if one != before]
    assert len(set(changes)) == len(changes)


@each
def test_limits_rise_and_belong_to_measurements(made: ReadyMade) -> None:
    for item in made.items:
        limits = _limits(item)
        assert limits == sorted(limits), item.name  # type: ignore[type-var]
        assert len(set(limits)) == len(limits), item.name
        assert not limits or item.kind == ItemKind.MEASUREMENT, item.name
        assert item.unit or item.kind != ItemKind.MEASUREMENT, item.name


@each
def test_what_proves_identity_comes_first(made: ReadyMade) -> None:
    proves = [item.kind in IDENTITY for item in made.items]
    assert proves == sorted(proves, reverse=True)


def test_what_is_paired_is_looked_at_when_the_car_comes_and_when_it_leaves() -> None:
    paired = {
        code: [item.pair_key for item in made.items if item.pair_key]
        for code, made in _BY_CODE.items()
    }
    assert sorted(paired["check_in"]) == sorted(paired["check_out"])
    assert len(set(paired["check_in"])) == len(paired["check_in"]) == 23
    assert paired["diagnostic"] == paired["progress"] == []


def test_pairs_ask_for_the_same_in_the_same_unit_from_the_same_angles() -> None:
    at_check_out = {item.pair_key: item for item in _BY_CODE["check_out"].items}
    for item in _BY_CODE["check_in"].items:
        if item.pair_key:
            other = at_check_out[item.pair_key]
            assert (item.kind, item.unit, item.shots) == (other.kind, other.unit, other.shots)


def test_the_walk_round_the_car_asks_for_eight_angles() -> None:
    sides = ("body_front", "body_left", "body_rear", "body_right")
    asked = [
        shot["en"]
        for item in _BY_CODE["check_in"].items
        if item.pair_key in sides
        for shot in item.shots
    ]
    assert asked == [
        "Front",
        "Front left",
        "Left",
        "Rear left",
        "Rear",
        "Rear right",
        "Right",
        "Front right",
    ]
