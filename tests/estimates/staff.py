"""Somebody at the shop's desk with a browser, for tests of the staff's pages."""

import re
import uuid
from typing import Any

from django.test import Client

from shopdisputes.actors import Role
from shopdisputes.shops.models import Shop
from tests.factories import staff

LABOUR: dict[str, str] = {
    "kind": "labour",
    "description": "Replace the front brake pads",
    "reason": "The pads are down to 2 mm.",
    "quantity": "1.8",
    "unit_price": "80.00",
    "tax_rate": "20",
    "part_condition": "",
    "necessity": "required",
}
PART: dict[str, str] = {
    "kind": "part",
    "description": "Front brake pads, set",
    "reason": "",
    "quantity": "1",
    "unit_price": "57.90",
    "tax_rate": "20",
    "part_condition": "new",
    "necessity": "recommended",
}


def browser_of(shop: Shop, role: Role = Role.ADVISOR) -> Client:
    """The browser of a new member of staff who is logged in."""
    client = Client()
    client.force_login(staff(shop, role).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def posted(*lines: dict[str, str], keys: list[str] | None = None, **other: str) -> dict[str, Any]:
    """What the editor posts: rows in their order, then the fields around them."""
    keys = keys or [str(uuid.uuid4()) for _line in lines]
    data: dict[str, Any] = {"lines": keys}
    for key, line in zip(keys, lines, strict=True):
        data |= {f"line-{key}-{name}": value for name, value in line.items()}
    return data | {"valid_until": "2026-04-15", "deposit_amount": "", "do": "save"} | other


def text_of(response: Any) -> str:
    """The words of a page, without its tags and superfluous spaces."""
    words = re.sub(
        r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S
    )
    return " ".join(re.sub(r"<[^>]+>", " ", words).replace("&nbsp;", " ").split())


def values_of(response: Any, name: str) -> list[str]:
    """The values of all rows' inputs of a name that the page shows, in their order."""
    page = re.sub(r"<template\b.*?</template>", "", response.content.decode(), flags=re.S)
    found = []
    for tag in re.findall(r"<input\b[^>]*>", page):
        if re.search(rf'name="(?:line-[0-9a-f-]+-)?{name}"', tag):
            value = re.search(r'value="([^"]*)"', tag)
            found.append(value[1] if value else "")
    return found
