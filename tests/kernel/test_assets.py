"""Copying the built front-end files in use."""

from pathlib import Path

import pytest

from shopdisputes.ops import assets


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A node_modules/ with every file that is asked for."""
    folder = tmp_path / "node_modules"
    sources = [
        *assets.VENDOR.values(),
        *(f"@tabler/icons/icons/outline/{icon}.svg" for icon in assets.ICONS),
    ]
    for source in sources:
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(f"content of {source}")
    return folder


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        ("body{}\n/*# sourceMappingURL=tabler.min.css.map */", "body{}\n"),
        ("run()\n//# sourceMappingURL=tabler.min.js.map", "run()\n"),
        ("run()\n//# sourceMappingURL=a.js.map\n", "run()\n"),
        ("a('sourceMappingURL');\n", "a('sourceMappingURL');\n"),
    ],
)
def test_cuts_the_comment_that_names_a_source_map(
    built: str, expected: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text(built)

    assert assets.copied(file) == expected


def test_copies_exactly_the_files_in_use(packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "assets"

    copied = assets.copy_all(packages, target)

    there = sorted(file for file in target.rglob("*") if file.is_file())
    assert there == copied
    assert len(there) == len(assets.VENDOR) + len(assets.ICONS)
    assert (target / "icons" / "car.svg").read_text() == (
        "content of @tabler/icons/icons/outline/car.svg"
    )


def test_drops_what_is_no_longer_in_use(packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "assets"
    assets.copy_all(packages, target)
    (target / "icons" / "no-longer-used.svg").write_text("<svg/>")

    assets.copy_all(packages, target)

    assert not (target / "icons" / "no-longer-used.svg").exists()


def test_refuses_a_package_that_lost_a_file_and_copies_nothing(
    packages: Path, tmp_path: Path
) -> None:
    (packages / "@tabler/icons/icons/outline/car.svg").unlink()

    with pytest.raises(FileNotFoundError, match=r"outline/car\.svg"):
        assets.copy_all(packages, tmp_path / "assets")

    assert not (tmp_path / "assets").exists()


def test_lists_every_icon_once_and_in_order() -> None:
    assert list(assets.ICONS) == sorted(set(assets.ICONS))
