"""Every import contract of pyproject.toml is seen to bite: one forbidden import each breaks it.

A contract that names a module wrongly is kept for ever and proves nothing.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
CONTRACTS = {contract["id"]: contract["name"] for contract in SETTINGS["contracts"]}


class Plant(NamedTuple):
    """One forbidden import: the file that gets it, and the line."""

    contract: str
    file: str
    line: str


PLANTS = [
    Plant("apps", "shopdisputes/shops/models.py", "import estimates.models"),
    Plant("apps", "estimates/models/proposals.py", "import demo.apps"),
    Plant("apps", "estimates/states.py", "import tests.services"),
    Plant("kernel", "shopdisputes/money.py", "import shopdisputes.shops.models"),
    Plant("kernel", "shopdisputes/shops/models.py", "import shopdisputes.customers.models"),
    Plant("kernel", "shopdisputes/links/models.py", "import shopdisputes.documents.models"),
    Plant("kernel", "shopdisputes/signing/models.py", "import shopdisputes.web.apps"),
    Plant("kernel-acyclic", "shopdisputes/actors.py", "import shopdisputes.transitions"),
    Plant("kernel-parts", "shopdisputes/outbox/states.py", "import shopdisputes.outbox.models"),
    Plant("kernel-parts", "shopdisputes/links/models.py", "import shopdisputes.links.services"),
    Plant("app-layers", "estimates/states.py", "import estimates.models"),
    Plant("app-layers", "estimates/models/proposals.py", "import estimates.services"),
    Plant("plain-services", "shopdisputes/links/services.py", "import rest_framework"),
    Plant("plain-services", "estimates/models/proposals.py", "import celery"),
    Plant("plain-pricing", "estimates/pricing.py", "import django.db.models"),
]


@pytest.fixture
def copy_of_the_packages(tmp_path: Path) -> Path:
    for package in SETTINGS["root_packages"]:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(folder: Path) -> set[str]:
    """The names of the contracts that ``lint-imports`` reports as broken in a folder."""
    finished = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=folder,
        # Wide enough that no contract's name is wrapped.
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "250", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Analyzed" in finished.stdout, finished.stdout + finished.stderr
    # A count of ignored imports may follow.
    broken = set(re.findall(r"^(.+) BROKEN(?: \(.*\))?$", finished.stdout, re.MULTILINE))
    assert finished.returncode == bool(broken)
    return broken


def test_the_code_keeps_every_contract(copy_of_the_packages: Path) -> None:
    assert broken_contracts(copy_of_the_packages) == set()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}:{plant.file}")
def test_a_forbidden_import_breaks_its_contract(plant: Plant, copy_of_the_packages: Path) -> None:
    file = copy_of_the_packages / plant.file
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{plant.line}\n", encoding="utf-8")

    assert CONTRACTS[plant.contract] in broken_contracts(copy_of_the_packages)


def test_every_contract_has_a_plant() -> None:
    assert {plant.contract for plant in PLANTS} == CONTRACTS.keys()
