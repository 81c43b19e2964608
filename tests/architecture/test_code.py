"""Conventions that no linter knows, read off the code itself."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from tests.architecture.sources import ROOT, modules, name_of, tree

ENV_EXAMPLE = ROOT / ".env.example"
RUN = ROOT / "run"
#: Only ``./run demo`` asks for these; its usage explains them.
ASKED_BY_RUN = {"PORT", "DEMO_DIR"}


def _services() -> list[Path]:
    return modules("**/services.py", "**/services/*.py")


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def _is_act(function: ast.FunctionDef) -> bool:
    """Whether it changes something: it takes an actor, or runs in a transaction of its own."""
    names = [argument.arg for argument in function.args.kwonlyargs + function.args.args]
    decorated = any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)
    return "by" in names or decorated


ACTS = [
    (path, function) for path in _services() for function in _functions(path) if _is_act(function)
]


def _called(function: ast.FunctionDef) -> bool:
    """Whether an act is called by names and ends with who acts and when."""
    names = [argument.arg for argument in function.args.kwonlyargs]
    # The clockwork's acts know themselves who they are.
    endings = [["by", "at"]] if "by" in names else [["at"], []]
    by_names = function.args.args == [] and function.args.vararg is None
    return by_names and (names[-len(endings[0]) :] in endings or "at" not in names)


def test_an_act_is_called_by_names_and_ends_with_who_and_when() -> None:
    assert [
        f"{name_of(path)}: {function.name}" for path, function in ACTS if not _called(function)
    ] == []


def test_there_are_acts_to_look_at() -> None:
    assert len(ACTS) >= 30


def test_an_act_says_what_a_caller_may_rely_on() -> None:
    assert [
        f"{name_of(path)}: {function.name}"
        for path, function in ACTS
        if not ast.get_docstring(function)
    ] == []


def test_services_do_not_read_the_clock() -> None:
    clocks = ("timezone.now", "datetime.now", "date.today", "time.time(")

    assert [
        f"{name_of(path)}: {clock}"
        for path in _services()
        for clock in clocks
        if clock in path.read_text(encoding="utf-8")
    ] == []


#: Modules of the outer layers that read rows without the gate between tenants, and why.
UNGATED = {
    "shopdisputes/api/authentication.py": "a token says which shop it is about",
    "shopdisputes/web/requests.py": "memberships and links say which shop it is about",
    "shopdisputes/web/pages/links.py": "a genuine token names its link, whatever its shop",
    "shopdisputes/web/renewing.py": "locks the link in hand, whatever its shop",
    "shopdisputes/api/idempotency.py": "writes its own row, with its shop",
    "shopdisputes/api/forgetting.py": "removes what is old, whatever its shop",
}
GATES = {"for_shop", "for_link"}
#: Models whose rows belong to no shop.
NOT_OWNED = {"User"}
READERS = modules(
    "web/**/*.py",
    "api/**/*.py",
    "views.py",
    "views/*.py",
    "public_views.py",
    "public_views/*.py",
    "public_pages.py",
    "public_pages/*.py",
    "contributions.py",
    "forms.py",
    "forms/*.py",
    "public_forms.py",
    "public_forms/*.py",
)


def ungated(module: ast.Module) -> list[str]:
    """The reads of a module that begin at a manager and go on without a gate."""
    found = []
    for node in ast.walk(module):
        if not (isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}):
            continue
        chain, following = [], node.parent  # type: ignore[attr-defined]
        while isinstance(following, ast.Attribute | ast.Call):
            if isinstance(following, ast.Attribute):
                chain.append(following.attr)
            following = following.parent  # type: ignore[attr-defined]
        if ast.unparse(node.value) in NOT_OWNED or "none" in chain:
            continue
        # A viewset's queryset goes through the gate in ShopViewSet.get_queryset.
        of_a_viewset = (
            chain == ["all"]
            and isinstance(following, ast.Assign)
            and [ast.unparse(target) for target in following.targets] == ["queryset"]
        )
        if not GATES.intersection(chain) and not of_a_viewset:
            found.append(f"line {node.lineno}: {ast.unparse(node)}.{'.'.join(chain)}")
    return found


def test_the_outer_layers_read_through_the_gate() -> None:
    reads = {name_of(path): ungated(tree(path)) for path in READERS}

    assert {name: found for name, found in reads.items() if found and name not in UNGATED} == {}
    assert [name for name in UNGATED if not reads[name]] == [], "exceptions that nobody needs"


def test_a_read_without_the_gate_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "views.py"
    module.write_text(
        "a = Customer.objects.filter(pk=pk)\n"
        "b = Customer.objects.for_shop(shop).filter(pk=pk)\n"
        "c = look_up(Customer.objects)\n"
        "d = Customer.objects.all().get(pk=pk)\n"
        "e = Customer.objects.select_related('shop').for_link(link)\n"
        "queryset = Customer.objects.all()\n",
        encoding="utf-8",
    )

    assert sorted(read.partition(":")[0] for read in ungated(tree(module))) == [
        "line 1",
        "line 3",
        "line 4",
    ]


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_every_periodic_job_exists_and_takes_a_moment(name: str) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    task = import_string(entry["task"])

    signature = inspect.signature(task.run)
    assert task.name == entry["task"]
    assert signature.parameters["at"].default is None
    assert entry["options"]["expires"] <= entry["schedule"]


def test_no_module_is_too_long_to_be_read() -> None:
    long = {
        name_of(path): lines
        for path in modules("**/*.py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 400
    }

    assert long == {}


def test_nothing_is_left_for_later() -> None:
    assert [
        name_of(path)
        for path in modules("**/*.py")
        if re.search(r"\b(TODO|FIXME|XXX)\b", path.read_text(encoding="utf-8"))
    ] == []


def test_nothing_is_imported_inside_a_function() -> None:
    assert [
        f"{name_of(path)}: line {node.lineno}"
        for path in modules("**/*.py")
        for function in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ] == []


def test_every_setting_of_the_environment_is_explained() -> None:
    read = {
        node.args[0].value
        for path in modules("**/*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith(("env.", "os.environ.get"))
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).isupper()
    }
    explained = set(re.findall(r"^#?([A-Z][A-Z_]+)=", ENV_EXAMPLE.read_text("utf-8"), re.M))

    assert {"DATABASE_URL", "EMAIL_URL", "PUBLIC_URL"} <= read
    assert read - explained == ASKED_BY_RUN
    assert all(name in RUN.read_text("utf-8") for name in ASKED_BY_RUN)
