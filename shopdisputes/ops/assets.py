"""Copies the built front-end files in use from node_modules/ to var/assets/.

Run as ``python -m shopdisputes.ops.assets`` after ``npm ci``; ``./run`` does both. A file that a
package no longer ships stops it, so that an upgrade cannot lose an icon silently.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules"
ASSETS = ROOT / "var" / "assets"

# Where it goes below var/assets/ -> where the package has it.
VENDOR = {
    "vendor/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/signature_pad.umd.min.js": "signature_pad/dist/signature_pad.umd.min.js",
}

# Tabler's outline icons, by their own names; see tabler.io/icons.
ICONS = (
    "adjustments",
    "alert-circle",
    "alert-octagon",
    "alert-triangle",
    "archive",
    "arrow-back-up",
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "arrows-left-right",
    "bell",
    "bell-off",
    "bell-ringing",
    "bookmark",
    "building-bank",
    "building-store",
    "calendar",
    "calendar-due",
    "calendar-week",
    "camera",
    "car",
    "cash",
    "chart-bar",
    "check",
    "checklist",
    "checks",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "circle-check",
    "circle-minus",
    "circle-x",
    "clipboard-check",
    "clipboard-list",
    "clock",
    "clock-pause",
    "coin",
    "coins",
    "copy",
    "credit-card",
    "device-mobile",
    "device-tablet",
    "dots",
    "dots-vertical",
    "download",
    "edit",
    "external-link",
    "eye",
    "eye-off",
    "file-check",
    "file-description",
    "file-dollar",
    "file-invoice",
    "file-off",
    "file-plus",
    "file-spreadsheet",
    "file-text",
    "filter",
    "flag",
    "gavel",
    "grip-vertical",
    "hand-stop",
    "history",
    "home",
    "hourglass",
    "id",
    "inbox",
    "info-circle",
    "key",
    "language",
    "layout-list",
    "link",
    "link-off",
    "list-check",
    "list-details",
    "lock",
    "login",
    "logout",
    "mail",
    "mail-forward",
    "mail-opened",
    "mail-x",
    "map-pin",
    "menu-2",
    "message",
    "message-2",
    "moon",
    "note",
    "paperclip",
    "parking",
    "pencil",
    "phone",
    "photo",
    "player-pause",
    "player-play",
    "plus",
    "printer",
    "qrcode",
    "receipt",
    "receipt-refund",
    "refresh",
    "report-money",
    "rotate",
    "scale",
    "scan",
    "search",
    "send",
    "settings",
    "shield-check",
    "shield-lock",
    "signature",
    "square-check",
    "steering-wheel",
    "sun",
    "sun-moon",
    "template",
    "tool",
    "trash",
    "truck",
    "upload",
    "user",
    "user-check",
    "user-circle",
    "user-plus",
    "users",
    "versions",
    "wallet",
    "world",
    "writing-sign",
    "x",
)

# The manifest storage of static files follows these comments to maps that are not copied.
SOURCE_MAP_COMMENT = re.compile(r"\n?(?://[#@]|/\*[#@]) sourceMappingURL=[^\s*]+(?: ?\*/)?\s*")


def copied(source: Path) -> str:
    """The text of a built file without its source map comment."""
    return SOURCE_MAP_COMMENT.sub("\n", source.read_text(encoding="utf-8"))


def copy_all(packages: Path, assets: Path) -> list[Path]:
    """Copy every file in use and drop what an earlier run left behind; the files now there.

    Raises:
        FileNotFoundError: a package does not ship a file that is asked for.
    """
    wanted = {assets / target: packages / source for target, source in VENDOR.items()}
    for icon in ICONS:
        wanted[assets / "icons" / f"{icon}.svg"] = (
            packages / "@tabler/icons/icons/outline" / f"{icon}.svg"
        )
    missing = sorted(str(source) for source in wanted.values() if not source.is_file())
    if missing:
        raise FileNotFoundError("not shipped by the installed packages: " + ", ".join(missing))
    for target, source in wanted.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(copied(source), encoding="utf-8")
    for folder in (assets / "vendor", assets / "icons"):
        for left in set(folder.iterdir()) - wanted.keys():
            left.unlink()
    return sorted(wanted)


if __name__ == "__main__":
    try:
        copy_all(PACKAGES, ASSETS)
    except FileNotFoundError as error:
        sys.exit(f"assets: {error}")
