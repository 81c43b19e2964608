"""Every word is there in French and Russian, with the same marks in it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.architecture.sources import PACKAGES, ROOT

LANGUAGES = ("fr", "ru")
#: What a program fills in, and the tags around words.
_MARKS = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+|#\w+")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which the words were collected anew."""
    copy = tmp_path_factory.mktemp("tree")
    for name in (*PACKAGES, "templates", "static", "locale"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    shutil.copy(ROOT / "manage.py", copy)
    finished = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "makemessages",
            *(f"--locale={language}" for language in LANGUAGES),
            "--no-obsolete",
            "--add-location=file",
        ],
        cwd=copy,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "shopdisputes.settings.dev",
            "DEBUG": "1",
            "DATA_DIR": str(copy / "var"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return copy / "locale"


def catalog(folder: Path, language: str) -> Catalog:
    file = folder / language / "LC_MESSAGES" / "django.po"
    return read_po(file.read_text(encoding="utf-8").splitlines(), locale=language)


def messages(folder: Path, language: str) -> list[Message]:
    return [message for message in catalog(folder, language) if message.id]


def forms(message: Message) -> tuple[str, ...]:
    """What a message was translated to: one text, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def originals(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def marks(text: str) -> list[str]:
    return sorted(_MARKS.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(collected: Path, language: str) -> None:
    found = messages(collected, language)

    assert len(found) > 300
    assert [message.id for message in found if message.fuzzy or not all(forms(message))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_is_filled_in_in_every_language(collected: Path, language: str) -> None:
    def faulty() -> Iterator[str]:
        for message in messages(collected, language):
            allowed = [marks(original) for original in originals(message)]
            # "One line" may leave the number out, where the original does.
            for form in filter(None, forms(message)):
                if marks(form) not in allowed:
                    yield f"{message.id!r}: {form!r}"

    assert list(faulty()) == []


@pytest.mark.parametrize(("language", "counts"), [("fr", {2, 3}), ("ru", {3, 4})])
def test_plurals_have_all_forms_of_the_language(
    collected: Path, language: str, counts: set[int]
) -> None:
    plurals = [message for message in messages(collected, language) if message.pluralizable]

    assert catalog(collected, language).num_plurals in counts
    assert {len(forms(message)) for message in plurals} == {
        catalog(collected, language).num_plurals
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_begin_and_end_with_the_same_white_space(collected: Path, language: str) -> None:
    """A text that begins with a new line and its translation that does not break msgfmt."""
    for message in messages(collected, language):
        for original in originals(message)[:1]:
            for form in filter(None, forms(message)):
                assert form.startswith("\n") == original.startswith("\n"), original
                assert form.endswith("\n") == original.endswith("\n"), original
