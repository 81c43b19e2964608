"""What a payment plan says: its parts checked, and written down as text."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoices.models import Instalment, Invoice, PaymentPlan
from shopdisputes.canonical import canonical_json
from shopdisputes.errors import Refused
from shopdisputes.money import to_cents

#: Changes when a fact is added, removed or written otherwise.
SCHEMA = "shopdisputes.payment-plan/1"
MOST_INSTALMENTS = 24
#: A plan that runs longer is a loan.
FURTHEST_YEARS = 3
LONGEST_NOTE = 1000


class InstalmentsRefused(Refused):
    """There are none or too many, a day is not after the one before, or an amount is none."""

    code = "instalments-refused"
    default_message = _("Please look at the parts of the plan.")


class SumWrong(Refused):
    """The parts do not sum to what can be asked for; ``details`` has both sums."""

    code = "plan-sum-wrong"


class NoteTooLong(Refused):
    """The note is longer than a page can show."""

    code = "note-too-long"
    default_message = _("At most 1000 characters.")


def check(instalments: Sequence[tuple[date, Decimal]], *, today: date) -> None:
    """Refuse parts that are none, too many, out of order or no amounts.

    Raises:
        InstalmentsRefused: at ``instalments`` or ``instalments.<index>.due_on`` or ``.amount``.
    """
    if not 1 <= len(instalments) <= MOST_INSTALMENTS:
        message = _("A plan has 1 to 24 parts.")
        raise InstalmentsRefused(fields={"instalments": message})
    fields: dict[str, str | LazyText] = {}
    least = today
    last = date(today.year + FURTHEST_YEARS, today.month, 1)
    for index, (due_on, amount) in enumerate(instalments):
        if due_on < least:
            words = _("Not before today.") if index == 0 else _("Later than the part before.")
            fields[f"instalments.{index}.due_on"] = words
        elif due_on > last:
            fields[f"instalments.{index}.due_on"] = _("At most three years from now.")
        # After the last day of the calendar there is none that could be reckoned with.
        least = max(least, min(due_on, last)) + timedelta(days=1)
        if amount <= 0 or amount != to_cents(amount):
            words = _("Write an amount above zero, with two decimals at most.")
            fields[f"instalments.{index}.amount"] = words
    if fields:
        raise InstalmentsRefused(fields=fields)


def check_sum(
    instalments: Sequence[tuple[date, Decimal]], *, total: Decimal, invoice: Invoice
) -> None:
    """Refuse parts that do not sum to ``total``, to the cent.

    Raises:
        SumWrong: at ``instalments``.
    """
    together = sum((amount for _due_on, amount in instalments), start=Decimal("0.00"))
    if together != total:
        message = gettext("The parts sum to %(together)s; it must be %(total)s.") % {
            "together": f"{together:.2f}",
            "total": f"{total:.2f} {invoice.currency}",
        }
        raise SumWrong(
            message,
            fields={"instalments": message},
            details={"together": f"{together:.2f}", "collectible": f"{total:.2f}"},
        )


def text_of(plan: PaymentPlan, parts: Sequence[Instalment]) -> str:
    """Return everything that is agreed by a plan as canonical JSON: what is hashed and signed."""
    invoice = plan.invoice
    shop, customer = plan.shop, invoice.customer
    return canonical_json(
        {
            "schema": SCHEMA,
            "plan": {
                "id": str(plan.pk),
                "number": plan.number,
                "total": f"{plan.total:.2f}",
                "currency": invoice.currency,
                "note": plan.note,
                "answer_by": plan.answer_by.isoformat(),
                "instalments": [
                    {
                        "position": part.position,
                        "due_on": part.due_on.isoformat(),
                        "amount": f"{part.amount:.2f}",
                    }
                    for part in parts
                ],
            },
            "invoice": {
                "number": invoice.number,
                "reference": invoice.reference,
                "total": f"{invoice.total:.2f}",
                "balance": f"{invoice.balance:.2f}",
                "sha256": invoice.sha256,
            },
            "shop": {
                "name": shop.name,
                "legal_name": shop.legal_name,
                "address": shop.address_lines,
            },
            "customer": {"name": customer.name, "email": customer.email},
        }
    )
