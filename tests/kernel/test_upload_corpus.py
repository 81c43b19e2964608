"""Every crafted file gets its verdict, in the very child that judges real ones."""

import collections

import pytest

from shopdisputes.uploads import jail
from shopdisputes.uploads.models import FileKind
from tests.uploads import corpus
from tests.uploads.crafting import ACCEPTED, QUARANTINED

#: Shown as one of these, nothing in a file is markup to a browser.
NEVER_MARKUP = {"image/jpeg", "image/png", "application/pdf", "video/mp4"}


def test_the_corpus_is_large_and_every_group_is_in_it():
    cases = [case for group in corpus.GROUPS for case in corpus.cases(group)]
    assert len(cases) == len({case.name for case in cases}) >= 290
    verdicts = collections.Counter(case.verdict for case in cases)
    assert verdicts[ACCEPTED] >= 45
    assert verdicts[QUARANTINED] >= 20
    assert verdicts["polyglot"] >= 35


@pytest.mark.parametrize("group", corpus.GROUPS)
def test_every_crafted_file_gets_its_verdict(group, tmp_path):
    path = tmp_path / "file"
    wrong = {}
    for case in corpus.cases(group):
        path.write_bytes(case.content)
        verdict = jail.examine(path)
        found = verdict.reason
        if verdict.sound:
            found = QUARANTINED if verdict.facts.get("active") else ACCEPTED
            assert verdict.kind in NEVER_MARKUP
        if found != case.verdict:
            wrong[case.name] = found
    assert wrong == {}


def test_no_kind_of_file_is_markup():
    assert set(FileKind.values) == NEVER_MARKUP
