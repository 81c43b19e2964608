"""The certificate page of an answered inspection: what was done, how it is proved, what is not."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import Acknowledgement
from inspections.wordings import placed
from shopdisputes.audit.models import AuditEvent
from shopdisputes.outbox.certificate import mails as mails_section
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing import certificate
from shopdisputes.signing.certificate import Section
from shopdisputes.signing.models import Signature

#: What the timeline tells, and how; other events say nothing about this signature.
_EVENTS: Mapping[str, str | Promise] = {
    "inspection.started": gettext_lazy("Inspection begun"),
    "inspection.completed": gettext_lazy("Inspection completed"),
    "inspection.reopened": gettext_lazy("Inspection opened again"),
    "inspection.shared": gettext_lazy("Sent to the customer"),
    "inspection.reshared": gettext_lazy("Sent again"),
    "inspection.handed_over": gettext_lazy("Handed to the customer on the shop's device"),
    "inspection.no_answer": gettext_lazy("Noted: no answer by the date"),
    "inspection.answered": gettext_lazy("Answered and signed by the customer"),
    **certificate.LINK_EVENTS,
}


def of(acknowledgement: Acknowledgement, *, event: AuditEvent) -> dict[str, Any]:
    """Return what ``documents/certificate.html`` shows, in the active language.

    ``event`` is the answer's own in the audit trail.
    """
    signature = acknowledgement.signature
    assert signature is not None
    return {
        "title": _("Certificate of signature"),
        "introduction": _("Part of the sealed document; it says how the signature came about."),
        "sections": [
            _document(acknowledgement, signature),
            _files(acknowledgement),
            certificate.words(signature, rows=_remarks(acknowledgement, signature)),
            certificate.name_and_drawing(signature),
            _identification(signature),
            {
                "title": _("Circumstances"),
                "rows": certificate.circumstances(
                    signature, at=acknowledgement.at, zone=acknowledgement.shop.zone
                ),
            },
            _mails(acknowledgement),
            _timeline(acknowledgement, signature),
            certificate.chain(event),
        ],
        "closing": certificate.closing(),
    }


def _document(acknowledgement: Acknowledgement, signature: Signature) -> Section:
    inspection, shop = acknowledgement.inspection, acknowledgement.shop
    offered = signature.shown_pdf_sha256 or _("The PDF was not typeset yet when this was signed.")
    return {
        "title": _("What was signed"),
        "rows": [
            (_("Transaction identifier"), inspection.repair_order.number),
            (_("Document"), _("Inspection %(number)s") % {"number": inspection.number}),
            (_("Shop"), ", ".join([shop.legal_name or shop.name, *shop.address_lines])),
            (_("Registration number"), shop.registration_number or "–"),
            (_("Answer"), acknowledgement.get_answer_display()),
            (_("Acknowledgement"), str(acknowledgement.pk)),
            (_("Signature"), str(signature.pk)),
        ],
        "hashes": [
            (_("SHA-256 of the answer's data (attached file)"), signature.subject_sha256),
            (_("SHA-256 of the inspection's data (attached to its report)"), inspection.sha256),
            (_("SHA-256 of the PDF offered before signing"), offered),
        ],
    }


def _files(acknowledgement: Acknowledgement) -> Section:
    files = list(acknowledgement.files.shown())
    if not files:
        return {"title": _("The customer's own files"), "paragraphs": [_("None was added.")]}
    return {
        "title": _("The customer's own files"),
        "hashes": [
            (_("SHA-256 of %(name)s") % {"name": each.name}, each.file.sha256) for each in files
        ],
    }


def _remarks(acknowledgement: Acknowledgement, signature: Signature) -> list[tuple[str, str]]:
    rows = [(_("Answer"), acknowledgement.get_answer_display())]
    if acknowledgement.remarks:
        rows.append((_("Remarks"), acknowledgement.remarks))
    remarks = acknowledgement.item_remarks.select_related("item").order_by("item__position")
    return rows + [
        (placed(remark.item.section, remark.item.name, signature.language), remark.text)
        for remark in remarks
    ]


def _identification(signature: Signature) -> Section:
    unverified = [_("Not verified: an identity document.")]
    if not signature.signer_email:
        verified = certificate.handed_over(signature)
        unverified.append(_("Not verified: any e-mail address or phone number of the signer."))
    else:
        verified = _("Signed by the holder of a personal link that was mailed to %(email)s.") % {
            "email": signature.signer_email
        }
        unverified += [
            _("Not verified: that the signer can read that mailbox at the time of signing."),
            _("Not verified: identity beyond the control of the e-mail address %(email)s.")
            % {"email": signature.signer_email},
        ]
    return {
        "title": _("What was verified, and what was not"),
        "paragraphs": [verified, *unverified],
    }


def _mails(acknowledgement: Acknowledgement) -> Section:
    mails = (
        OutgoingEmail.objects.for_shop(acknowledgement.shop)
        .filter(target_id=acknowledgement.inspection_id, customer__isnull=False)
        .order_by("created_at")
    )
    return mails_section(mails)


def _timeline(acknowledgement: Acknowledgement, signature: Signature) -> Section:
    inspection = acknowledgement.inspection
    events = (
        AuditEvent.objects.for_shop(acknowledgement.shop)
        .filter(
            repair_order_id=inspection.repair_order_id,
            action__in=_EVENTS,
            target_id__in=[inspection.pk, signature.link_id],
        )
        .order_by("sequence")
    )
    return certificate.timeline(events, told=_EVENTS)
