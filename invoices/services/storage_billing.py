"""Billing storage: the days that count and stand on no invoice yet, each explained."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from estimates.states import LineKind
from invoices import storing, yard
from invoices.models import Invoice, StorageNotice
from invoices.services import drafting, moving
from invoices.services.drafting import InvoiceLineInput
from invoices.services.locking import lock_repair_order
from invoices.states import Classification, InvoiceKind, InvoiceStatus, StorageDayState
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict
from shopdisputes.repairorders.models import RepairOrder

_LONGEST_EXPLANATION = 4000


class StorageNotAnnounced(Conflict):
    """The customer was never told that storage costs something."""

    code = "storage-not-announced"
    default_message = _("Storage is billed only after a notice, and none was given.")


class NoDayToBill(Conflict):
    """No day counts that is not billed already."""

    code = "nothing-to-bill"
    default_message = _("No day counts that is not billed already.")


@transaction.atomic
def draft(*, repair_order: RepairOrder, by: Actor, at: datetime) -> Invoice:
    """Draft an invoice of the days that count and stand on no invoice, up to the shop's today.

    Its explanation names every stretch of days and why it counts or not, in the customer's
    language; ``performed_on`` is the last day that it bills.

    Raises:
        NotYourTransition: not for this role.
        StorageNotAnnounced: no notice was given.
        NoDayToBill: no day is left to bill.
        RepairOrderNotOpen: the visit was called off.
        drafting.DraftExists: there is a draft already.
    """
    moving.need_desk(by)
    order = lock_repair_order(repair_order)
    with translation.override(order.customer.language):
        accounts = yard.accounts(order, at=at)
        if not accounts:
            raise StorageNotAnnounced
        billing = [each for each in reversed(accounts) if each.unbilled]
        if not billing:
            raise NoDayToBill
        lines = [_line(each) for each in billing]
        explanation = "\n".join(_explained(each) for each in billing)
    return drafting.create(
        repair_order=order,
        kind=InvoiceKind.STORAGE,
        lines=lines,
        explanation=explanation[:_LONGEST_EXPLANATION],
        performed_on=billing[-1].unbilled[-1].on,
        by=by,
        at=at,
    )


@transaction.atomic
def discard_drafts(
    *, notice: StorageNotice, after: date | None = None, by: Actor, at: datetime
) -> None:
    """Throw away drafts whose days have changed; only those that bill days ``after`` that one."""
    drafts = Invoice.objects.filter(
        repair_order=notice.repair_order, kind=InvoiceKind.STORAGE, status=InvoiceStatus.DRAFT
    )
    if after is not None:
        drafts = drafts.filter(performed_on__gt=after)
    for outdated in drafts:
        drafting.discard(invoice=outdated, by=by, at=at)


def _line(account: yard.Account) -> InvoiceLineInput:
    days = account.unbilled
    return InvoiceLineInput(
        kind=LineKind.STORAGE,
        description=gettext("Storage, days counted from %(first)s to %(last)s")
        % {"first": _day(days[0].on), "last": _day(days[-1].on)},
        quantity=Decimal(len(days)),
        unit_price=account.notice.daily_rate,
        tax_rate=account.notice.tax_rate,
        classification=Classification.STORAGE,
    )


def _explained(account: yard.Account) -> str:
    notice = account.notice
    lines = [
        gettext("We told you on %(day)s that the vehicle was ready and what a day costs.")
        % {"day": _day(yard.notice_day(notice))}
    ]
    for stretch in account.stretches:
        count = stretch.count
        words = {
            "first": _day(stretch.first),
            "last": _day(stretch.last),
            "days": ngettext("%(count)s day", "%(count)s days", count) % {"count": count},
            "state": _words_of(stretch),
        }
        lines.append(gettext("%(first)s to %(last)s: %(days)s, %(state)s") % words)
    return "\n".join(lines)


def _words_of(stretch: storing.Stretch) -> str:
    if stretch.state == StorageDayState.COUNTED and stretch.billed:
        return gettext("billed before")
    words = str(stretch.state.label)
    return f"{words} ({stretch.why})" if stretch.why else words


def _day(on: date) -> str:
    return str(format_date(on, "long", locale=translation.get_language()))
