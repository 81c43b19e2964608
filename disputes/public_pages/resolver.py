"""What the page shows to whoever is asked about a case, without an account."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from disputes import covering
from disputes.covering import Row
from disputes.emails.addressing import contested_in
from disputes.models import CaseFile, DisputeCase, FollowUp, ResolverAnswer
from disputes.public_forms import AnswerForm
from disputes.public_pages.dispute import (
    file_urls,
    opening_files,
    said,
    shared_files,
    shown,
)
from disputes.states import FollowUpStatus
from inspections.models import ItemMedia
from shopdisputes.dates import local_day
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO
from shopdisputes.web.files import FileUrls


def address(name: str, link: AccessLink) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    return reverse(f"resolver-{name}", args=[token_of(link)])


def resolver_page(
    link: AccessLink, case: DisputeCase, *, at: datetime, form: AnswerForm | None = None
) -> dict[str, Any]:
    """Return what the page shows: the matter, how it is covered, and what he answered so far."""
    items = contested_in(case)
    covered = covering.of(case)
    upcoming = FollowUp.objects.for_shop(case.shop).filter(case=case, status=FollowUpStatus.OPEN)
    until = upcoming.order_by("due_on", "pk").first()
    return {
        "link": link,
        "token": token_of(link),
        "shop": case.shop,
        "case": case,
        "customer": case.customer,
        "currency": items[0].invoice.currency if items else case.shop.currency,
        "items": [
            (item, [(row, _photos(row, link)) for row in covered if row.item.pk == item.pk])
            for item in items
        ],
        "contested": sum((item.amount for item in items), ZERO),
        "files": shown(opening_files(case), link),
        "messages_said": said(case, link),
        "answers": [
            (answer, shown(answer.kept, link))  # type: ignore[attr-defined]
            for answer in _answers(link, case)
        ],
        "until": until,
        "is_late": until is not None and until.due_on < local_day(at, zone=case.shop.zone),
        "form": form or AnswerForm(),
        "can_answer": not case.has_ended,
    }


def visible_files(link: AccessLink, case: DisputeCase) -> QuerySet[CaseFile]:
    """Return what he may see: what shop and customer showed each other, and what he sent."""
    own = Q(answer__link__recipient=link.recipient, answer__isnull=False)
    everything = CaseFile.objects.for_shop(case.shop).filter(case=case)
    return everything.select_related("file__intake").filter(
        Q(pk__in=shared_files(case).values("pk")) | own
    )


def _photos(row: Row, link: AccessLink) -> list[tuple[ItemMedia, FileUrls, str]]:
    """Return what inspections show of a line's place, with its addresses and when it was taken."""
    return [
        (
            media,
            file_urls("resolver-photo", link, media_id=media.pk),
            covering.caption_of(media),
        )
        for media in row.photos
    ]


def _answers(link: AccessLink, case: DisputeCase) -> QuerySet[ResolverAnswer]:
    """Return his own; what a former resolver said is not for him."""
    files = CaseFile.objects.for_shop(case.shop).select_related("file__intake")
    return (
        ResolverAnswer.objects.for_shop(case.shop)
        .filter(case=case, link__recipient=link.recipient)
        .prefetch_related(
            Prefetch("files", queryset=files.order_by("added_at", "pk"), to_attr="kept")
        )
        .order_by("given_at", "pk")
    )
