"""Whether a payment may be given back or annulled, as far as the apps above have a say in it."""

from django.utils.translation import gettext_lazy as _

from invoices.models import Payment
from shopdisputes.errors import Conflict
from shopdisputes.web.contributions import contributions


class RefundBlocked(Conflict):
    """Somebody else is getting this money back already."""

    code = "refund-blocked"
    default_message = _("Money of this payment cannot be given back at present.")


class AnnulBlocked(Conflict):
    """Somebody else goes by this payment."""

    code = "annul-blocked"
    default_message = _("This payment cannot be annulled at present.")


def blocked_by(payment: Payment) -> str:
    """Return in a sentence why nothing may be given back now; empty: it may.

    Behind the payment's lock the answer holds until the transaction ends.
    """
    sentences = (part.refund_blocks(payment.pk) for part in contributions())
    return next((sentence for sentence in sentences if sentence), "")


def need_refundable(payment: Payment) -> None:
    """Refuse to give money of a locked payment back while somebody else does.

    Raises:
        RefundBlocked: with the sentence that says why.
    """
    if words := blocked_by(payment):
        raise RefundBlocked(words)


def annul_blocked_by(payment: Payment) -> str:
    """Return in a sentence why the payment may not be annulled now; empty: it may.

    Behind the payment's lock the answer holds until the transaction ends.
    """
    sentences = (part.annul_blocks(payment.pk) for part in contributions())
    return next((sentence for sentence in sentences if sentence), "")


def need_annullable(payment: Payment) -> None:
    """Refuse to annul a locked payment while somebody else goes by it.

    Raises:
        AnnulBlocked: with the sentence that says why.
    """
    if words := annul_blocked_by(payment):
        raise AnnulBlocked(words)
