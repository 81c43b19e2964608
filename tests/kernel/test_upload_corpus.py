"""Every crafted file gets its verdict, by the very code and under the very limits of the child."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shopdisputes.uploads import jail
from shopdisputes.uploads.models import FileKind
from shopdisputes.web import files
from tests.factories import StoredFileFactory
from tests.uploads import corpus
from tests.uploads.crafting import ACCEPTED, QUARANTINED

#: Shown as one of these, nothing in a file is markup to a browser.
NEVER_MARKUP = {"image/jpeg", "image/png", "application/pdf", "video/mp4"}
#: So that a group that comes to nothing is noticed.
AT_LEAST = {"heads": 80, "pictures": 110, "pdfs": 50, "videos": 45}


def verdict_of(said):
    """In the words of the corpus."""
    if said["reason"]:
        return said["reason"]
    assert said["kind"] in NEVER_MARKUP
    return QUARANTINED if said["facts"].get("active") else ACCEPTED


def examine_all(folder):
    done = subprocess.run(
        [sys.executable, "-m", "tests.uploads.examine_all", str(folder)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("group", [group for group in corpus.GROUPS if group != "heads"])
def test_every_crafted_file_gets_its_verdict(group, tmp_path):
    expected = {}
    for case in corpus.cases(group):
        assert case.name not in expected
        expected[case.name] = case.verdict
        (tmp_path / case.name).write_bytes(case.content)
    found = {name: verdict_of(said) for name, said in examine_all(tmp_path).items()}
    assert found == expected
    assert len(expected) >= AT_LEAST[group]


def test_what_is_none_of_the_kinds_needs_no_child_to_be_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere")
    found, expected = {}, {}
    for case in corpus.cases("heads"):
        assert case.name not in expected
        (tmp_path / case.name).write_bytes(case.content)
        expected[case.name] = case.verdict
        found[case.name] = jail.examine(tmp_path / case.name).reason
    assert found == expected
    assert len(expected) >= AT_LEAST["heads"]


@pytest.mark.django_db
@pytest.mark.parametrize("group", [group for group in corpus.GROUPS if group != "heads"])
def test_what_was_taken_is_never_served_as_markup(group, tmp_path, rf):
    for case in corpus.cases(group):
        if case.verdict in {ACCEPTED, QUARANTINED}:
            (tmp_path / case.name).write_bytes(case.content)
    served = 0
    for name, said in examine_all(tmp_path).items():
        apart = {"intake__status": "quarantined", "intake__reason": "active_content"}
        stored = StoredFileFactory(
            content=(tmp_path / name).read_bytes(),
            kind=said["kind"],
            name=f"{name}.html",
            facts=said["facts"],
            **(apart if said["facts"].get("active") else {}),
        )
        response = files.respond(rf.get("/"), stored, "original", for_customer=False)
        assert response["Content-Type"] in NEVER_MARKUP | {"application/octet-stream"}
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert ".html." in response["Content-Disposition"]
        if said["kind"] == FileKind.PDF or said["facts"].get("trailing_bytes"):
            assert response["Content-Disposition"].startswith("attachment;")
        served += 1
    assert served >= 10


def test_no_kind_of_file_is_markup():
    assert set(FileKind.values) == NEVER_MARKUP
