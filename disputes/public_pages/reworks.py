"""What the pages show on which a customer asks for work to be done again, and follows it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from disputes.models import ReworkFile, ReworkRequest
from disputes.public_forms.reworks import AskForm, CallOffForm, ComplainForm, DisputeForm
from disputes.services import rework_disputes
from disputes.states import REWORK_TRANSITIONS
from invoices.documents import bills
from invoices.models import Invoice
from invoices.public_pages.invoice import frame
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import token_of
from shopdisputes.web.contributions import Renewal
from shopdisputes.web.files import ORIGINAL, THUMBNAIL, WEB, FileUrls

#: What of a request's trail its customer is told; the rest is the shop's own.
_TOLD = {
    "rework.asked": _("It was asked for"),
    "rework.agreed": _("We agreed that it is done again"),
    "rework.accepted": _("The shop said yes"),
    "rework.appointed": _("The shop set a day"),
    "rework.refused": _("The shop said no"),
    "rework.begun": _("The work began"),
    "rework.delivered": _("It was done again"),
    "rework.not_fixed": _("It was still not right"),
    "rework.confirmed": _("It was found in order"),
    "rework.taken_as_confirmed": _("Nothing more was heard; it was closed"),
    "rework.closed": _("It was closed as it is, without prejudice"),
    "rework.called_off": _("It was called off"),
    "rework.disputed": _("It became a dispute"),
}
#: The newest are shown; nobody reads more.
_MOST_SHOWN = 100


def ask_address(link: AccessLink) -> str:
    """Return the address at which an invoice's link asks for its work to be done again."""
    return reverse("public-invoice-rework", args=[token_of(link)])


def address(name: str, link: AccessLink) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    return reverse(f"public-rework-{name}" if name else "public-rework", args=[token_of(link)])


def ask_page(link: AccessLink, invoice: Invoice, form: AskForm) -> dict[str, Any]:
    """Return what the page shows on which the customer ticks what is to be done again."""
    return frame(link, invoice) | {"form": form}


def rework_page(
    link: AccessLink,
    rework: ReworkRequest,
    *,
    at: datetime,
    complain_form: ComplainForm | None = None,
    dispute_form: DisputeForm | None = None,
    call_off_form: CallOffForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows. A form that came back with errors is shown open."""
    invoice = Invoice.objects.for_shop(rework.shop).with_everything().get(pk=rework.invoice_id)
    can = set(REWORK_TRANSITIONS.actions(state=rework.status, role=Role.CUSTOMER))
    shown = [(each, _urls(link, each)) for each in files_of(rework)]
    facts = bills.facts_of(invoice, at=at)
    return {
        "link": link,
        "token": token_of(link),
        "shop": rework.shop,
        "rework": rework,
        "invoice": invoice,
        "currency": invoice.currency,
        "lines": list(rework.lines.in_order()),
        "is_late": rework.is_late(at=at),
        "files": [(each, urls) for each, urls in shown if each.by_customer],
        "shop_files": [(each, urls) for each, urls in shown if not each.by_customer],
        "can_confirm": "confirm" in can,
        "can_dispute": rework_disputes.can_dispute(rework, at=at),
        "can_close": "close" in can,
        "can_call_off": "call_off" in can,
        "complain_form": complain_form or ComplainForm(),
        "dispute_form": dispute_form or DisputeForm(),
        "call_off_form": call_off_form or CallOffForm(),
        "history": _history(rework),
        "pay": facts if facts["figures"].collectible > 0 else None,
    }


def files_of(rework: ReworkRequest) -> QuerySet[ReworkFile]:
    """Return what customer and shop showed each other."""
    return (
        ReworkFile.objects.for_shop(rework.shop)
        .filter(rework=rework)
        .select_related("file__intake")
        .order_by("added_at", "pk")
    )


def renewal(link: AccessLink) -> Renewal | None:
    """Return the same request, whatever became of it."""
    found = ReworkRequest.objects.for_link(link).select_related("invoice__customer").first()
    return None if found is None else Renewal(target_id=found.pk, customer=found.invoice.customer)


def _urls(link: AccessLink, kept: ReworkFile) -> FileUrls:
    token = token_of(link)
    web, thumbnail, original = (
        reverse(
            "public-rework-file",
            kwargs={"token": token, "file_id": kept.pk, "variant": variant},
        )
        for variant in (WEB, THUMBNAIL, ORIGINAL)
    )
    return FileUrls(web=web, thumbnail=thumbnail, original=original)


def _history(rework: ReworkRequest) -> list[tuple[datetime, Any]]:
    events = (
        AuditEvent.objects.for_shop(rework.shop)
        .filter(target_id=rework.pk, action__in=_TOLD)
        .order_by("-sequence")[:_MOST_SHOWN]
    )
    return [(event.at, _TOLD[event.action]) for event in reversed(events)]
