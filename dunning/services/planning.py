"""Planning reminders: who is asked for what, decided while the shop's mail may leave.

One run plans for a shop at a time, behind the row lock of its switch. Positions are the queue:
what is planned, held back or at its end moves in the transaction that decides it, so a run may
come twice, late, or die half-way.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from dunning import earlier, facts, laddering
from dunning.deciding import Decision, decide, one_contact
from dunning.eligibility import because
from dunning.models import DunningSettings, Reminder
from dunning.services import waking, writing
from dunning.states import Reason
from invoices.models import DunningPosition, Invoice
from shopdisputes.bulk import among
from shopdisputes.dates import latest_day, local_day
from shopdisputes.errors import Conflict
from shopdisputes.shops.models import Shop

#: Customers whose invoices are decided in one transaction.
CHUNK = 1000

_log = logging.getLogger(__name__)


def plan(*, at: datetime) -> dict[str, int]:
    """Plan what is due in all shops whose mail may leave now; return counts.

    ``planned`` reminders wait to leave, ``awaiting`` for a person's yes; ``skipped`` steps were
    overtaken by later ones; ``failed`` customers could not be handled and are tried again in the
    next run.

    Raises:
        OperationalError: the database is away.
    """
    counts: Counter[str] = Counter(planned=0, awaiting=0, skipped=0, mails=0, failed=0)
    due = DunningPosition.objects.filter(shop=OuterRef("pk"), look_on__lte=latest_day(at))
    for shop in Shop.objects.filter(Exists(due)).order_by("pk"):
        counts.update(plan_shop(shop=shop, at=at))
    return dict(counts)


def plan_shop(*, shop: Shop, at: datetime) -> dict[str, int]:
    """Plan what is due in one shop, if its mail may leave now; return counts as ``plan`` does."""
    counts: Counter[str] = Counter()
    if not shop.send_window.is_open(at):
        return counts
    today = local_day(at, zone=shop.zone)
    customers = list(
        DunningPosition.objects.for_shop(shop)
        .filter(look_on__lte=today)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
        .distinct()
    )
    if not customers:
        return counts
    DunningSettings.objects.get_or_create(shop=shop)
    chunks = [customers[start : start + CHUNK] for start in range(0, len(customers), CHUNK)]
    while chunks:
        chunk = chunks.pop(0)
        try:
            done = _plan_customers(shop, chunk, at=at)
        except Exception:
            # With the database away nobody is poisoned: that ends the run, and the next goes on.
            connection.ensure_connection()
            # One poisoned customer must not stop those beside and behind him.
            _log.exception("planning for %d customers of %s failed", len(chunk), shop.pk)
            if len(chunk) == 1:
                counts["failed"] += 1
            else:
                half = len(chunk) // 2
                chunks[:0] = [chunk[:half], chunk[half:]]
            continue
        if done is None:
            return counts
        counts.update(done)
    return counts


@transaction.atomic
def _plan_customers(shop: Shop, customers: Sequence[UUID], *, at: datetime) -> Counter[str] | None:
    """Decide about what is due of some customers; None: another run plans, or nobody may."""
    # Its key stays free: who marks a mail only shares it, and we wait for nobody who waits for us.
    switches = DunningSettings.objects.for_shop(shop)
    switch = switches.select_for_update(skip_locked=True, no_key=True).first()
    if switch is None or switch.paused_at is not None:
        return None
    today = local_day(at, zone=shop.zone)
    # First the locks, then the facts: what committed while we waited is seen. In the order in
    # which those who hold invoices wake them.
    locked = list(
        DunningPosition.objects.for_shop(shop)
        .filter(among("customer_id", customers), look_on__lte=today)
        .order_by("invoice_id")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk", flat=True)
    )
    rows = facts.rows_of(DunningPosition.objects.filter(among("pk", locked)))
    # Behind the switch, too: who puts another ladder in force wakes only those who sleep then.
    ladders = laddering.in_force([shop.pk])
    cases = facts.gather(shop, rows, ladders=ladders, paused=False, at=at)
    known = earlier.of(cases.values())
    decisions = [decide(case, today=today, taken=known.taken(case)) for case in cases.values()]
    one_contact(decisions, today=today)
    return writing.write(shop=shop, decisions=decisions, earlier=known, at=at)


class NotRemindable(Conflict):
    """Nothing may be asked for about this invoice now; the message says why."""

    code = "not-remindable"


@transaction.atomic
def plan_one(*, invoice: Invoice, at: datetime) -> Reminder:
    """Take the next step of one invoice, whether or not its day has come.

    What leaves by e-mail joins the payer's mail and leaves when the shop's hours allow.

    Raises:
        NotRemindable: the step may not be taken, or there is none.
    """
    shop = invoice.shop
    today = local_day(at, zone=shop.zone)
    waking.hold_planner(shop)
    DunningPosition.objects.select_for_update(of=("self",), no_key=True).filter(
        invoice=invoice
    ).values("pk").first()
    case = facts.of([invoice.pk], at=at).get(invoice.pk)
    if case is None:
        raise NotRemindable(Reason.NOT_OWED.label)
    known = earlier.of([case])
    decision = decide(case, today=today, taken=known.taken(case), now=True)
    done = writing.write(shop=shop, decisions=[decision], earlier=known, at=at)
    if not done["planned"] + done["awaiting"]:
        raise NotRemindable(why_not(decision))
    assert decision.step is not None
    return Reminder.objects.with_everything().get(
        invoice=invoice, cycle=case.cycle, step_key=decision.step.key
    )


def why_not(decision: Decision) -> str:
    """Say why no step is taken, in the active language where the reason has no details."""
    facts_of_it = decision.case.facts
    if decision.verdict.reason is not None:
        return because(decision.verdict)
    if not facts_of_it.owed:
        return str(Reason.NOT_OWED.label)
    if facts_of_it.excluded:
        return str(Reason.EXCLUDED.label)
    if facts_of_it.stopped:
        return str(Reason.STOPPED.label)
    return _("All steps are taken.")
