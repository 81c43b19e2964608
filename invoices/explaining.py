"""A stopped repair in words: why each line costs what it does, and what is not billed.

Facts are plain: texts, decimals, moments and lists of them, fit for canonical JSON. Words are in
the language that is active when they are made.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.db.models import Sum
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estimates import ledger, pricing
from estimates.models import Estimate, EstimateLine
from estimates.states import LineKind
from invoices import progress
from invoices.models import Invoice, InvoiceLine, LedgerEntry, Payment, StopWork, WorkItem
from invoices.partial import Billed, Note
from invoices.progress import Job
from invoices.states import (
    Classification,
    EntryKind,
    Gap,
    PaymentPurpose,
    Safety,
    StopChannel,
    StopOption,
)
from shopdisputes.canonical import canonical_json
from shopdisputes.money import ZERO
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.uploads.models import StoredFile

Words = str | Promise

_SCHEMA = "shopdisputes.stop/1"
#: Customers read them in this order: the one that keeps everything as agreed first.
OFFERED = (StopOption.FINISH, StopOption.REASSEMBLE, StopOption.RELEASE_AS_IS)

_NOTES: dict[str, Words] = {
    Note.AS_AUTHORIZED: gettext_lazy("As you authorized it."),
    Note.DONE: gettext_lazy("Done."),
    Note.DONE_IN_PART: gettext_lazy("%(done)s of %(quantity)s done."),
    Note.NOT_STARTED: gettext_lazy("Not begun."),
    Note.FITTED: gettext_lazy("Fitted: %(done)s of %(quantity)s."),
    Note.NOT_FITTED: gettext_lazy("Not fitted; the shop keeps it."),
    Note.YOURS: gettext_lazy(
        "Ordered for your vehicle only; the supplier does not take it back. The part is yours."
    ),
    Note.RETURNED: gettext_lazy("Given back to the supplier."),
    Note.RESTOCKED: gettext_lazy("Given back; this is what the supplier keeps for it."),
    Note.DESTROYED: gettext_lazy("Cannot be used again after disassembly."),
    Note.TO_BE_REASSEMBLED: gettext_lazy("Your vehicle is put together again."),
    Note.NOT_REASSEMBLED: gettext_lazy("Your vehicle is not put together again."),
    Note.NOTHING_TO_REASSEMBLE: gettext_lazy("Nothing was taken apart."),
    Note.NOT_ANNOUNCED: gettext_lazy("Not billed: it was not announced before."),
    Note.NO_PROOF: gettext_lazy("Not billed: the supplier’s proof is missing."),
    Note.NOT_AUTHORIZED: gettext_lazy("You did not authorize it."),
    Note.DISCOUNT_SHARE: gettext_lazy("In proportion to what is billed."),
    Note.BILLED_BEFORE: gettext_lazy("What was invoiced before is taken off."),
}

_CHANNELS: dict[str, Words] = {
    StopChannel.IN_PERSON: gettext_lazy("in person"),
    StopChannel.PHONE: gettext_lazy("by phone"),
    StopChannel.EMAIL: gettext_lazy("by e-mail"),
    StopChannel.LETTER: gettext_lazy("by letter"),
}
_CHOSEN: dict[str, Words] = {
    StopOption.UNDECIDED: gettext_lazy("You have not told us yet how the vehicle shall leave."),
    StopOption.REASSEMBLE: gettext_lazy("You chose to have the vehicle put together again."),
    StopOption.RELEASE_AS_IS: gettext_lazy("You chose to take the vehicle as it is."),
}
_SAFETY: dict[str, Words] = {
    Safety.UNSAFE: gettext_lazy("In our professional opinion it must not be driven as it stands."),
    Safety.DISASSEMBLED: gettext_lazy("It is taken apart and cannot be driven as it stands."),
}

_DONE = {
    Classification.AGREED,
    Classification.LABOUR_PERFORMED,
    Classification.DIAGNOSIS,
    Classification.SUBLET_PERFORMED,
    Classification.FEE,
}
_APART = {Classification.TEARDOWN, Classification.DESTROYED_PART, Classification.REASSEMBLY}
_NOTHING = {
    Classification.NOT_PERFORMED,
    Classification.PART_RETURNED,
    Classification.DECLINED,
    Classification.DISCOUNT,
}


def words_of(note: str, *, done: Decimal, quantity: Decimal) -> str:
    """Return why a line costs what it does, for the customer."""
    return str(_NOTES[note]) % {"done": _number(done), "quantity": _number(quantity)}


def opening_of(stop: StopWork) -> str:
    """Return the words with which an invoice for a partial repair begins, ready to be edited."""
    happened = stop.happened_at.astimezone(stop.shop.zone)
    parts = [
        _("On %(day)s at %(time)s you asked us %(how)s to stop the repair of your %(vehicle)s.")
        % {
            "day": format_date(happened.date(), format="long", locale=_locale()),
            "time": format_time(happened.time(), format="short", locale=_locale()),
            "how": _CHANNELS[stop.channel],
            "vehicle": stop.repair_order.vehicle,
        },
        _("State of the vehicle then: %(state)s") % {"state": stop.car_state}
        if stop.car_state
        else "",
        str(_SAFETY.get(stop.safety, "")),
        str(_CHOSEN.get(stop.option, "")),
        _(
            "This invoice bills only what was done until then and what you had authorized. The"
            " sheet that belongs to it explains every amount, and lists what is not billed."
        ),
    ]
    return "\n".join(part for part in parts if part)


def offer_of(stop: StopWork, jobs: list[Job]) -> dict[str, Any]:
    """Return what the customer is offered: the three ways of going on, each line by line."""
    order = stop.repair_order
    prices = progress.prices(order, jobs)
    return {
        "schema": _SCHEMA,
        "repair_order": order.number,
        "shop": stop.shop.name,
        "customer": order.customer.name,
        "vehicle": str(order.vehicle),
        "happened_at": stop.happened_at,
        "reason": stop.reason,
        "channel": str(stop.channel),
        "person": stop.person,
        "car_state": stop.car_state,
        "safety": str(stop.safety),
        "note": stop.option_note,
        "currency": stop.shop.currency,
        "deposit": deposit_of(order),
        "options": [
            {
                "option": str(option),
                "total": prices[option],
                "lines": [
                    _offered_line(job, billed)
                    for job, billed in zip(
                        jobs, progress.classified(order, jobs, option), strict=True
                    )
                    if job.authorized
                ],
            }
            for option in OFFERED
        ],
    }


def options_of(stop: StopWork) -> list[dict[str, Any]]:
    """Return the ways of going on as they were offered, with words and decimals, for pages."""
    return _shown(stop, json.loads(stop.canonical_json)) if stop.canonical_json else []


def options_now(stop: StopWork, jobs: list[Job]) -> list[dict[str, Any]]:
    """Return the ways of going on as they would be offered now, like ``options_of``."""
    return _shown(stop, json.loads(canonical_json(offer_of(stop, jobs))))


def deposit_of(order: RepairOrder) -> Decimal:
    """Return what was paid as a deposit on an order and is not applied or given back yet."""
    deposits = Payment.objects.for_shop(order.shop).deposits_of(order)
    return deposits.aggregate(sum=Sum("unallocated"))["sum"] or ZERO


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """Return the explanation sheet of an invoice for a partial repair; empty for any other.

    The same before and after it is issued: what of the deposit it takes, and what is owed or
    given back then, is reckoned as of its issuing.
    """
    order = invoice.repair_order
    stop = (
        StopWork.objects.for_shop(invoice.shop)
        .filter(repair_order=order)
        .in_force()
        .select_related("inspection", "signature")
        .first()
    )
    if stop is None:
        return {}
    jobs = {job.key: job for job in progress.of(order)}
    lines = invoice.lines.in_order().select_related("estimate_line")
    rows = [_row(line, jobs.get(_key(line))) for line in lines]
    billed = [row for row in rows if row["net"] != 0]
    return {
        "stop": {
            "happened_at": stop.happened_at,
            "reason": stop.reason,
            "channel": str(stop.channel),
            "person": stop.person,
            "car_state": stop.car_state,
            "safety": str(stop.safety),
            "inspection": stop.inspection.number if stop.inspection else "",
            "option": str(stop.option),
            "option_label": stop.get_option_display(),
            "chosen_at": stop.chosen_at,
            "choice_mode": str(stop.choice_mode),
            "choice_person": stop.choice_person,
            "evidence_level": str(stop.signature.evidence_level) if stop.signature else "",
            "sha256": stop.sha256,
        },
        "authorized": _authorized(order),
        "done": _classified(billed, _DONE),
        "fitted": _classified(billed, {Classification.PART_INSTALLED}),
        "ordered": _classified(billed, {Classification.PART_SPECIAL_ORDER}),
        "disassembly": _classified(billed, _APART),
        "discounts": _classified(billed, {Classification.DISCOUNT}),
        "returned": _classified(
            rows, {Classification.PART_RETURNED, Classification.RESTOCKING_FEE}
        ),
        "storage": _classified(billed, {Classification.STORAGE}),
        "not_billed": [row for row in rows if row["rest"] > 0],
        "declined": _classified(rows, {Classification.DECLINED}),
        "withheld": [
            row for row in rows if row["net"] == 0 and row["classification"] not in _NOTHING
        ],
        "money": _money(invoice),
    }


def _shown(stop: StopWork, offer: dict[str, Any]) -> list[dict[str, Any]]:
    deposit = Decimal(offer["deposit"])
    shown = []
    for each in offer["options"]:
        lines = [_shown_line(line) for line in each["lines"]]
        total = Decimal(each["total"])
        shown.append(
            {
                "option": StopOption(each["option"]),
                "total": total,
                "deposit": min(deposit, total),
                "to_pay": max(total - deposit, ZERO),
                "refund": max(deposit - total, ZERO),
                "billed": [line for line in lines if line["net"] != 0],
                "not_billed": [line for line in lines if line["net"] == 0],
                "needs_towing": each["option"] == StopOption.RELEASE_AS_IS
                and stop.safety != Safety.SAFE,
            }
        )
    return shown


def _offered_line(job: Job, billed: Billed) -> dict[str, Any]:
    return {
        "key": str(job.key),
        "description": job.line.description,
        "kind": str(job.line.kind),
        "classification": str(billed.classification),
        "authorized": job.line.quantity,
        "quantity": billed.quantity,
        "unit_price": billed.unit_price,
        "tax_rate": billed.tax_rate,
        "net": billed.net,
        "note": str(billed.note),
        "gaps": [str(gap) for gap in billed.gaps],
    }


def _shown_line(line: dict[str, Any]) -> dict[str, Any]:
    net, rate = Decimal(line["net"]), Decimal(line["tax_rate"])
    quantity, authorized = Decimal(line["quantity"]), Decimal(line["authorized"])
    return {
        "description": line["description"],
        "classification": Classification(line["classification"]),
        "net": net,
        "gross": pricing.gross_of_line(net=net, tax_rate=rate),
        "words": words_of(line["note"], done=quantity, quantity=authorized),
    }


def _key(line: InvoiceLine) -> Any:
    return line.estimate_line.key if line.estimate_line else None


def _classified(rows: Iterable[dict[str, Any]], wanted: set[Classification]) -> list[Any]:
    return [row for row in rows if row["classification"] in wanted]


def _row(line: InvoiceLine, job: Job | None) -> dict[str, Any]:
    proposed = line.estimate_line
    work = job.work if job else None
    rest = ZERO
    if (
        proposed
        and line.kind != LineKind.DISCOUNT
        and line.classification not in (Classification.DECLINED,)
    ):
        left = max(proposed.net - line.net, ZERO)
        rest = pricing.gross_of_line(net=left, tax_rate=proposed.tax_rate)
    return {
        "description": line.description,
        "kind": str(line.kind),
        "classification": str(line.classification),
        "label": line.get_classification_display(),
        "authorized": proposed.quantity if proposed else None,
        "quantity": line.quantity,
        "net": line.net,
        "gross": pricing.gross_of_line(net=line.net, tax_rate=line.tax_rate),
        "rest": rest,
        "note": line.note,
        "gaps": [str(Gap(gap).label) for gap in line.gaps],
        "override_reason": line.override_reason,
        "hours_spent": work.hours_spent if work else None,
        "proof": _proof(work),
        "announced": _announced(job.announcement)
        if job and job.announcement and line.classification in _APART
        else None,
    }


def _proof(work: WorkItem | None) -> dict[str, Any] | None:
    file: StoredFile | None = work.supplier_proof if work else None
    return {"name": file.name, "sha256": file.sha256} if file else None


def _announced(line: EstimateLine) -> dict[str, Any]:
    return {
        "estimate": line.revision.estimate.number,
        "revision": line.revision.number,
        "at": line.revision.sent_at,
        "text": line.disclosure,
    }


def _authorized(order: RepairOrder) -> dict[str, Any]:
    found = Estimate.objects.for_shop(order.shop).filter(repair_order=order).with_newest()
    estimates = [
        {
            "number": estimate.number,
            "revision": estimate.newest_number,
            "total": ledger.of(estimate).authorized.total,
        }
        for estimate in found.order_by("created_at", "number")
    ]
    return {
        "estimates": [each for each in estimates if each["total"] > 0],
        "total": sum((each["total"] for each in estimates), ZERO),
    }


def _money(invoice: Invoice) -> dict[str, Decimal]:
    """Return what the deposit covers and what is left, as of the issuing."""
    order = invoice.repair_order
    if invoice.issued_at is None or not invoice.entries.exists():
        free = deposit_of(order)
        applied = min(free, invoice.total)
    else:
        on_it = LedgerEntry.objects.filter(
            invoice=invoice,
            kind=EntryKind.PAYMENT,
            payment__purpose=PaymentPurpose.DEPOSIT,
            at=invoice.issued_at,
        )
        applied = -(on_it.aggregate(sum=Sum("amount"))["sum"] or ZERO)
        free = applied + deposit_of(order)
    return {
        "total": invoice.total,
        "deposit": free,
        "applied": applied,
        "balance": invoice.total - applied,
        "refund_due": free - applied,
    }


def _number(value: Decimal) -> str:
    return str(format_decimal(value, locale=_locale()))


def _locale() -> str:
    return translation.get_language() or "en"
