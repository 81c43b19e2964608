"""The sentences that people accept and the shop's own words: versioned, never overwritten."""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.signing.models import LegalText, TextCode
from shopdisputes.signing.wordings import READY_MADE

#: What a text may hold; each stands for a fact known when the text is shown.
HASHTAGS = frozenset({"amount", "choice", "count", "number", "revision", "shop"})
LONGEST_TEXT = 4000
_HASHTAG = re.compile(r"#([a-z_]{1,40})")


class TextRefused(Refused):
    """The wording is empty, too long, or has a hashtag that stands for nothing."""

    code = "text-refused"


def ready_made(language: str) -> dict[TextCode, str]:
    """Return the product's own wording of every text in a language (en, fr, ru)."""
    return READY_MADE[language]


@transaction.atomic
def install(*, shop: Shop, at: datetime) -> None:
    """Give a new shop the ready-made texts in every language, as version 1 each.

    Texts that the shop already has are left as they are.
    """
    there = set(LegalText.objects.for_shop(shop).values_list("code", "language"))
    LegalText.objects.bulk_create(
        LegalText(
            shop=shop,
            code=code,
            language=language,
            version=1,
            body=body,
            sha256=sha256_hex(body),
            created_at=at,
        )
        for language, _name in settings.LANGUAGES
        for code, body in ready_made(language).items()
        if (code, language) not in there
    )


@transaction.atomic
def change(
    *, shop: Shop, code: str, language: str, body: str, by: Actor, at: datetime
) -> LegalText:
    """Put a new version in force; the same wording again changes nothing.

    What was signed keeps the version it was signed with.

    Raises:
        TextRefused: empty, longer than 4,000 characters, or an unknown hashtag.
    """
    body = body.replace("\r\n", "\n").strip()
    _check(body)
    versions = LegalText.objects.for_shop(shop).filter(code=code, language=language)
    # Two editors at once take turns on the shop's row, so no version number is taken twice.
    Shop.objects.select_for_update(of=("self",)).filter(pk=shop.pk).values("pk").first()
    last = versions.aggregate(last=Max("version"))["last"] or 0
    current = versions.filter(version=last).first()
    if current is not None and current.body == body:
        return current
    text = LegalText.objects.create(
        shop=shop,
        code=code,
        language=language,
        version=last + 1,
        body=body,
        sha256=sha256_hex(body),
        created_at=at,
    )
    audit.record(
        shop=shop,
        action="text.changed",
        target=text,
        by=by,
        at=at,
        data={"code": code, "language": language, "version": text.version, "sha256": text.sha256},
    )
    return text


def render(text: LegalText, **values: Any) -> str:
    """Return a text with its ``#hashtags`` replaced by ``values``.

    It goes over the text once: a value that itself looks like a hashtag (a shop called
    “#amount”) is not replaced again. A hashtag without a value stays as it is.
    """
    return _HASHTAG.sub(
        lambda found: str(values[found[1]]) if found[1] in values else found[0], text.body
    )


def _check(body: str) -> None:
    if not body:
        raise TextRefused(fields={"body": _("Write the text.")})
    if len(body) > LONGEST_TEXT:
        raise TextRefused(fields={"body": _("At most 4,000 characters.")})
    unknown = sorted(set(_HASHTAG.findall(body)) - HASHTAGS)
    if unknown:
        raise TextRefused(
            fields={
                "body": _("Not a known hashtag: %(tags)s. Known are %(known)s.")
                % {
                    "tags": ", ".join(f"#{tag}" for tag in unknown),
                    "known": ", ".join(f"#{tag}" for tag in sorted(HASHTAGS)),
                }
            },
            details={"unknown": unknown},
        )
