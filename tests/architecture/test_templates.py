"""Templates keep the policy, and mails and documents have all their parts."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules, templates, tree

#: Mails and documents are no pages of ours: no policy is over them, and mail programs read
#: nothing but styles beside the text.
_OTHER_MEDIA = ("templates/emails/", "templates/documents/", "templates/base_document.html")
_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE)
_STYLE = re.compile(r"<style|\sstyle\s*=", re.IGNORECASE)
_HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"""(?:src|href|action|srcset)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE
)
_COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PAGES = [path for path in templates(".html") if not _name(path).startswith(_OTHER_MEDIA)]
#: What a page has of its own or takes from elsewhere, by what it is.
_NEVER = {
    "a script": _SCRIPT,
    "a style": _STYLE,
    "a handler": _HANDLER,
    "a script as an address": re.compile("javascript:", re.IGNORECASE),
    "a script in an attribute": re.compile(r"hx-on|hx-vals=['\"]js:"),
    "something from elsewhere": _ELSEWHERE,
    "text that is trusted": re.compile(r"\|safe|autoescape off"),
}


def _source(path: Path) -> str:
    return _COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_a_page_has_no_script_and_no_style_loads_nothing_and_trusts_no_text() -> None:
    assert len(PAGES) > 200
    assert [
        f"{_name(path)}: {what}"
        for path in PAGES
        for what, pattern in _NEVER.items()
        if pattern.search(_source(path))
    ] == []


def test_every_form_that_acts_carries_its_check() -> None:
    assert {
        _name(path)
        for path in PAGES
        for form in re.findall(r"<form\b.*?</form>", _source(path), re.DOTALL | re.IGNORECASE)
        if re.search(r"method\s*=\s*[\"']post", form, re.IGNORECASE) and "csrf_token" not in form
    } == {"templates/links/refused.html"}


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("<script>x()</script>", _SCRIPT),
        ("<p style='x'>", _STYLE),
        ("<style>", _STYLE),
        ("<a onclick='x'>", _HANDLER),
        ("<img src='https://cdn.example/x.png'>", _ELSEWHERE),
        ('<link href="//cdn.example/x.css">', _ELSEWHERE),
        ("<a href='JavaScript:x()'>", _NEVER["a script as an address"]),
        ("<a hx-on:click='x()'>", _NEVER["a script in an attribute"]),
        ("{{ x|safe }}", _NEVER["text that is trusted"]),
    ],
)
def test_the_rules_bite(text: str, pattern: re.Pattern[str]) -> None:
    assert pattern.search(text)


def email_kinds() -> set[str]:
    """The kinds of mail that the code queues: the second argument of the functions that do."""
    kinds = set()
    for path in modules("emails.py", "**/emails.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "_to_customer",
                "_to_shop",
            }:
                assert isinstance(node.args[1], ast.Constant)
                kinds.add(str(node.args[1].value))
    for path in modules("**/emails/*.py"):
        kinds |= {
            str(node.args[1].value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).lstrip("_").startswith(("about_", "to_"))
            and len(node.args) > 1
            and isinstance(node.args[1], ast.Constant)
        }
    return kinds


def test_every_mail_has_its_subject_its_text_and_its_page() -> None:
    folder = ROOT / "templates" / "emails"
    files = {path.name for path in folder.iterdir()}
    kinds = {name.removesuffix(".subject.txt") for name in files if name.endswith(".subject.txt")}

    queued = email_kinds()
    assert {"estimate_sent", "oral_confirmation", "signed_copy", "plan_offered"} <= queued
    for kind in kinds | queued:
        assert {f"{kind}.subject.txt", f"{kind}.txt", f"{kind}.html"} <= files
