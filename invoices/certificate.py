"""The certificate page of what a customer signs about money and the vehicle's leaving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.certificate import mails as mails_section
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.signing import certificate
from shopdisputes.signing.certificate import Section
from shopdisputes.signing.models import Signature

#: What the timeline tells, and how; other events say nothing about a signature.
_EVENTS: Mapping[str, str | Promise] = {
    "invoice.issued": gettext_lazy("Invoice issued"),
    "invoice.sent": gettext_lazy("Sent to the customer"),
    "invoice.signed": gettext_lazy("Receipt signed by the customer"),
    "plan.offered": gettext_lazy("Payment plan offered"),
    "plan.signed": gettext_lazy("Payment plan signed by the customer"),
    "stop.recorded": gettext_lazy("Wish to stop the repair recorded"),
    "stop.offered": gettext_lazy("Ways to go on put before the customer"),
    "stop.chosen": gettext_lazy("Chosen and signed by the customer"),
    "vehicle.handed_over": gettext_lazy("Vehicle handed over"),
    **certificate.LINK_EVENTS,
}


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What was signed: how it is called in the signer's language, and what else is told of it.

    ``targets`` are the rows whose e-mails and events belong to it; ``choices`` are shown before
    the exact words, ``events`` words what else the timeline tells.
    """

    document: str
    repair_order: RepairOrder
    targets: Sequence[UUID]
    choices: Sequence[tuple[str, str]] = ()
    events: Mapping[str, str | Promise] = field(default_factory=dict)


def of(signature: Signature, *, signed: Signed, event: AuditEvent) -> dict[str, Any]:
    """Return what ``documents/certificate.html`` shows, in the active language.

    Must be called inside the transaction that keeps the signature: ``event`` is its own.
    """
    return {
        "title": _("Certificate of signature"),
        "introduction": _("Part of the sealed document; it says how the signature came about."),
        "sections": [
            _document(signature, signed),
            certificate.words(signature, rows=signed.choices),
            certificate.name_and_drawing(signature),
            _identification(signature),
            {
                "title": _("Circumstances"),
                "rows": certificate.circumstances(
                    signature, at=signature.signed_at, zone=signature.shop.zone
                ),
            },
            _mails(signature, signed),
            _timeline(signature, signed),
            certificate.chain(event),
        ],
        "closing": certificate.closing(),
    }


def _document(signature: Signature, signed: Signed) -> Section:
    shop = signature.shop
    offered = signature.shown_pdf_sha256 or _("The PDF was not typeset yet when this was signed.")
    return {
        "title": _("What was signed"),
        "rows": [
            (_("Transaction identifier"), signed.repair_order.number),
            (_("Document"), signed.document),
            (_("Shop"), ", ".join([shop.legal_name or shop.name, *shop.address_lines])),
            (_("Registration number"), shop.registration_number or "–"),
            (_("Signature"), str(signature.pk)),
        ],
        "hashes": [
            (_("SHA-256 of its data (attached file)"), signature.subject_sha256),
            (_("SHA-256 of the PDF offered before signing"), offered),
        ],
    }


def _identification(signature: Signature) -> Section:
    unverified = [_("Not verified: an identity document.")]
    if not signature.signer_email:
        verified = [certificate.handed_over(signature)]
        unverified.append(_("Not verified: any e-mail address or phone number of the signer."))
    else:
        verified = [
            _("Signed by the holder of a personal link that was mailed to %(email)s.")
            % {"email": signature.signer_email}
        ]
        unverified += [
            _("Not verified: that the signer can read that mailbox at the time of signing."),
            _("Not verified: identity beyond the control of the e-mail address %(email)s.")
            % {"email": signature.signer_email},
        ]
    return {"title": _("What was verified, and what was not"), "paragraphs": verified + unverified}


def _mails(signature: Signature, signed: Signed) -> Section:
    mails = (
        OutgoingEmail.objects.for_shop(signature.shop)
        .filter(target_id__in=signed.targets, customer__isnull=False)
        .order_by("created_at", "pk")
    )
    return mails_section(mails)


def _timeline(signature: Signature, signed: Signed) -> Section:
    told = {**_EVENTS, **signed.events}
    events = (
        AuditEvent.objects.for_shop(signature.shop)
        .filter(
            repair_order_id=signed.repair_order.pk,
            action__in=told,
            target_id__in=[*signed.targets, signature.link_id],
        )
        .order_by("sequence")
    )
    return certificate.timeline(events, told=told)
