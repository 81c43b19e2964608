"""What the page of a case shows to its customer."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.emails.addressing import contested_in
from disputes.models import CaseFile, CaseMessage, DisputeCase
from disputes.public_forms import MessageForm, OfferForm, ReopenForm, WithdrawForm
from disputes.public_pages.contesting import rests
from disputes.public_pages.offers import offers_part
from disputes.services.resolving import MOST_REOPENINGS
from disputes.states import TRANSITIONS, CaseStatus
from invoices import collecting
from invoices.documents import bills
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.dates import local_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO
from shopdisputes.web.contributions import Renewal
from shopdisputes.web.files import ORIGINAL, THUMBNAIL, WEB, FileUrls

#: What of a case's trail its customer is told; the rest is the shop's own.
_TOLD = {
    "dispute.opened": _("The dispute was opened"),
    "dispute.from_rework": _("It came of what was not done again"),
    "dispute.rework_agreed": _("We agreed that it is done again"),
    "dispute.accepted": _("The shop took it up"),
    "dispute.asked": _("The shop asked you something"),
    "dispute.said": _("The shop wrote to you"),
    "dispute.answered": _("You answered"),
    "dispute.items_released": _("Some of it is not contested any more"),
    "dispute.offer_made": _("The shop made you an offer"),
    "dispute.offer_accepted": _("The offer was accepted"),
    "dispute.offer_executed": _("What was agreed was carried out"),
    "dispute.offer_failed": _("What was agreed could not be carried out"),
    "dispute.offer_refused": _("The offer was refused"),
    "dispute.offer_taken_back": _("The offer was taken back"),
    "dispute.offer_expired": _("The offer has run out"),
    "dispute.escalated": _("It was handed on to others who decide"),
    "dispute.resolved": _("The dispute was resolved"),
    "dispute.rejected": _("The dispute was turned down"),
    "dispute.withdrawn": _("You withdrew it"),
    "dispute.reopened": _("The dispute was opened again"),
}
_TOLD_OF_HIMSELF = {"dispute.offer_made": _("You made an offer")}
#: The newest are shown; nobody reads more.
_MOST_SHOWN = 200


def address(name: str, link: AccessLink) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    return reverse(f"public-dispute-{name}" if name else "public-dispute", args=[token_of(link)])


def dispute_page(
    link: AccessLink,
    case: DisputeCase,
    *,
    at: datetime,
    message_form: MessageForm | None = None,
    withdraw_form: WithdrawForm | None = None,
    reopen_form: ReopenForm | None = None,
    offer_form: OfferForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows. A form that came back with errors is shown open."""
    items = contested_in(case)
    messages = said(case, link)
    return {
        "link": link,
        "token": token_of(link),
        "shop": case.shop,
        "case": case,
        "currency": items[0].invoice.currency if items else case.shop.currency,
        "items": items,
        "contested": sum((item.amount for item in items), ZERO),
        "messages_said": messages,
        "question": _question(case, [message for message, _files in messages]),
        "files": shown(opening_files(case), link),
        "history": _history(case),
        "can_answer": not case.has_ended,
        "can_withdraw": "withdraw" in TRANSITIONS.actions(state=case.status, role=Role.CUSTOMER),
        "can_reopen": case.has_ended
        and case.reopened < MOST_REOPENINGS
        and case.may_reopen(today=local_day(at, zone=case.shop.zone)),
        "message_form": message_form or MessageForm(),
        "withdraw_form": withdraw_form or WithdrawForm(),
        "reopen_form": reopen_form or ReopenForm(),
        **offers_part(link, case, at=at, offer_form=offer_form),
        **_how_to_pay(case, at=at),
    }


def said(case: DisputeCase, link: AccessLink) -> list[tuple[CaseMessage, list[Any]]]:
    """Return what shop and customer said to each other, the oldest first, with files."""
    newest = (
        CaseMessage.objects.for_shop(case.shop)
        .filter(case=case, internal=False)
        .prefetch_related(Prefetch("files", queryset=_files(case), to_attr="kept"))
        .order_by("-said_at", "-pk")[:_MOST_SHOWN]
    )
    return [(message, shown(message.kept, link)) for message in reversed(newest)]


def shared_files(case: DisputeCase) -> QuerySet[CaseFile]:
    """Return the files that shop and customer showed each other: no notes, no answers."""
    return _files(case).filter(Q(message=None) | Q(message__internal=False), answer=None)


def opening_files(case: DisputeCase) -> QuerySet[CaseFile]:
    """Return the files that came when the case was opened."""
    return _files(case).filter(message=None, answer=None)


def shown(kept: Iterable[CaseFile], link: AccessLink) -> list[tuple[CaseFile, FileUrls]]:
    """Return files with the addresses behind a link: of the customer's page or the resolver's."""
    route = "resolver-file" if link.purpose == LinkPurpose.RESOLVER else "public-dispute-file"
    return [(each, file_urls(route, link, file_id=each.pk)) for each in kept]


def file_urls(route: str, link: AccessLink, **key: UUID) -> FileUrls:
    """Return where a page behind a link finds a file; ``key`` is what the route calls it by."""
    token = token_of(link)
    web, thumbnail, original = (
        reverse(route, kwargs={"token": token, "variant": variant, **key})
        for variant in (WEB, THUMBNAIL, ORIGINAL)
    )
    return FileUrls(web=web, thumbnail=thumbnail, original=original)


def renewal(link: AccessLink) -> Renewal | None:
    """Return the same case, whatever became of it."""
    found = DisputeCase.objects.for_link(link).select_related("customer").first()
    return None if found is None else Renewal(target_id=found.pk, customer=found.customer)


def _files(case: DisputeCase) -> QuerySet[CaseFile]:
    return (
        CaseFile.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("file__intake")
        .order_by("added_at", "pk")
    )


def _question(case: DisputeCase, messages: list[CaseMessage]) -> CaseMessage | None:
    """Return what the shop waits to be answered."""
    if case.status != CaseStatus.AWAITING_CUSTOMER:
        return None
    asked = [message for message in messages if message.side == CaseMessage.Side.SHOP]
    return asked[-1] if asked else None


def _history(case: DisputeCase) -> list[tuple[datetime, Any]]:
    events = (
        AuditEvent.objects.for_shop(case.shop)
        .filter(target_id=case.pk, action__in=_TOLD)
        .order_by("-sequence")[:_MOST_SHOWN]
    )
    return [(event.at, _words(event)) for event in reversed(events)]


def _words(event: AuditEvent) -> Any:
    own = _TOLD_OF_HIMSELF if event.actor_role == Role.CUSTOMER else {}
    return own.get(event.action) or _TOLD[event.action]


def _how_to_pay(case: DisputeCase, *, at: datetime) -> dict[str, Any]:
    """Return what of the case's invoices stays payable; of a single one also how."""
    invoices = rests(case, at=at)
    due_days = collecting.due_days_of(invoices)
    facts = [bills.facts_of(invoice, at=at) for invoice in invoices]
    payable: list[tuple[Any, Decimal, date]] = [
        (each["invoice"], each["figures"].collectible, due_days[each["invoice"].pk])
        for each in facts
    ]
    return {
        "payable": payable,
        "rest": sum((amount for _invoice, amount, _due_on in payable), ZERO),
        "pay": facts[0] if len(facts) == 1 else None,
    }
