"""The record of a stopped repair: as offered to the customer, and with the choice."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from estimates.models import EstimateLine
from estimates.states import LineKind
from invoices import explaining
from invoices.certificate import Signed
from invoices.documents import making
from invoices.models import StopWork
from invoices.states import WorkState
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.money import format_money
from shopdisputes.signing.models import Signature


def stop_work(stop: StopWork, *, at: datetime) -> Document:
    """Queue the record of a stop with the ways to go on and what each costs."""
    with making.worded(stop.repair_order.customer.language, stop.shop):
        title, context = _title(stop), _facts(stop)
    return making.enqueue(
        kind=DocumentKind.STOP_WORK,
        template="stop_work.html",
        title=title,
        filename=f"{stop.repair_order.number}-stop",
        context=context,
        at=at,
        **_common(stop),
    )


def signed_stop_work(
    stop: StopWork, *, signature: Signature, event: AuditEvent, at: datetime
) -> Document:
    """Queue the sealed copy of a stop with the choice that the customer signed.

    ``event`` is the act of choosing in the audit trail.
    """
    with making.worded(stop.repair_order.customer.language, stop.shop):
        name = _title(stop)
        choice = stop.get_option_display()
        if stop.option in stop.option_prices:
            price = format_money(
                Decimal(stop.option_prices[stop.option]),
                currency=stop.shop.currency,
                language=stop.repair_order.customer.language,
            )
            choice = f"{choice} · {price}"
        signed = Signed(
            document=name,
            repair_order=stop.repair_order,
            targets=[stop.pk],
            choices=[(_("Choice"), choice)],
        )
        context = _facts(stop) | making.signed_part(signature, signed=signed, event=event)
        title = _("%(document)s, signed") % {"document": name}
    return making.enqueue(
        kind=DocumentKind.SIGNED_STOP_WORK,
        template="stop_work.html",
        title=title,
        filename=f"{stop.repair_order.number}-stop-signed",
        context=context,
        seal=True,
        at=at,
        **_common(stop),
    )


def _title(stop: StopWork) -> str:
    return _("Stopped repair %(number)s") % {"number": stop.repair_order.number}


def _common(stop: StopWork) -> dict[str, Any]:
    return {
        "shop": stop.shop,
        "language": stop.repair_order.customer.language,
        "target_id": stop.pk,
        "customer": stop.repair_order.customer,
        "repair_order": stop.repair_order,
        "sha256": stop.sha256,
        "facts": stop.canonical_json,
    }


def _facts(stop: StopWork) -> dict[str, Any]:
    return {
        "stop": stop,
        "currency": stop.shop.currency,
        "work": list(_work(stop)),
        "options": explaining.options_of(stop),
        "files": list(stop.files.select_related("file").order_by("added_at", "pk")),
    }


def _work(stop: StopWork) -> Iterator[dict[str, Any]]:
    """Yield how far each line was at that moment, with the words that were authorized."""
    lines = {
        line.key: line
        for line in EstimateLine.objects.for_shop(stop.shop)
        .filter(key__in=[each["key"] for each in stop.work])
        .order_by("revision__number")
    }
    for each in stop.work:
        line = lines.get(UUID(str(each["key"])))
        if line is None:
            continue
        done = Decimal(str(each.get("done_quantity", "0")))
        state = each.get("state", "")
        yield {
            "line": line,
            "done": done,
            "state": WorkState(state).label if state in WorkState else "",
            "in_hours": line.kind == LineKind.LABOUR,
        }
