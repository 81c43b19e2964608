"""What calling a visit off does about money, told before somebody does it."""

from django.utils import translation
from django.utils.translation import gettext as _

from invoices.services import cancelling
from shopdisputes.money import format_money
from shopdisputes.repairorders.models import RepairOrder


def notes(repair_order: RepairOrder) -> list[str]:
    """Return a sentence for each thing that happens, or why nothing will."""
    foreseen = cancelling.foresee(repair_order)
    if foreseen.standing:
        numbers = ", ".join(invoice.number for invoice in foreseen.standing)
        return [
            _("It cannot be cancelled while this is billed: %(numbers)s. Credit it in full first.")
            % {"numbers": numbers}
        ]
    said = [
        _("Deposit %(number)s: %(amount)s goes back in full, the way it came (%(method)s).")
        % {
            "number": deposit.number,
            "amount": format_money(
                deposit.unallocated,
                currency=deposit.currency,
                language=translation.get_language() or "en",
            ),
            "method": deposit.get_method_display(),
        }
        for deposit in foreseen.deposits
    ]
    if foreseen.drafts:
        said.append(_("Drafts of invoices are thrown away."))
    if foreseen.notice is not None:
        said.append(_("The storage clock stops today."))
    return said
