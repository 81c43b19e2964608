"""The certificate page of a signed estimate: what was done, how it is proved, and what is not."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estimates.models import Authorization, LineAnswer
from estimates.states import AuthorizationMode
from shopdisputes.audit.models import AuditEvent
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import format_money
from shopdisputes.outbox.certificate import mails as mails_section
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing import certificate
from shopdisputes.signing.certificate import Section, utc
from shopdisputes.signing.models import Signature

#: What the timeline tells, and how; other events say nothing about this signature.
_EVENTS: dict[str, str | Promise] = {
    "estimate.created": gettext_lazy("Estimate drafted"),
    "estimate.revised": gettext_lazy("Further revision drafted"),
    "estimate.sent": gettext_lazy("Sent to the customer"),
    "estimate.resent": gettext_lazy("Sent again"),
    "estimate.reminded": gettext_lazy("Reminded before expiry"),
    "estimate.call_requested": gettext_lazy("Customer asked to be called"),
    "estimate.call_finished": gettext_lazy("Customer was called"),
    "estimate.paper_requested": gettext_lazy("Customer asked for paper"),
    "estimate.paper_printed": gettext_lazy("Printed for signature"),
    "estimate.answered": gettext_lazy("Answered and signed by the customer"),
    "estimate.authorization_recorded": gettext_lazy("Answer recorded by the shop"),
    **certificate.LINK_EVENTS,
    "link.displayed": gettext_lazy("Estimate shown in the customer's browser"),
}


def of(
    authorization: Authorization, *, answers: Sequence[LineAnswer], event: AuditEvent
) -> dict[str, Any]:
    """Return what ``documents/certificate.html`` shows, in the active language.

    Must be called inside the transaction that writes the authorization: ``event`` is its own.
    """
    signature = authorization.signature
    assert signature is not None
    return {
        "title": _("Certificate of signature"),
        "introduction": _("Part of the sealed document; it says how the signature came about."),
        "sections": [
            _document(authorization, signature),
            _act(authorization, signature, answers),
            _signature(authorization, signature),
            _identification(authorization, signature),
            _technical(authorization, signature),
            _mails(authorization),
            _timeline(authorization),
            certificate.chain(event),
        ],
        "closing": certificate.closing(),
    }


def _document(authorization: Authorization, signature: Signature) -> Section:
    revision = authorization.revision
    order, shop = revision.estimate.repair_order, revision.shop
    offered = signature.shown_pdf_sha256 or _("The PDF was not typeset yet when this was signed.")
    return {
        "title": _("What was signed"),
        "rows": [
            (_("Transaction identifier"), order.number),
            (
                _("Document"),
                _("Estimate %(number)s, revision %(revision)s")
                % {"number": revision.estimate.number, "revision": revision.number},
            ),
            (_("Shop"), ", ".join([shop.legal_name or shop.name, *shop.address_lines])),
            (_("Registration number"), shop.registration_number or "–"),
            (_("Authorization"), str(authorization.pk)),
            (_("Signature"), str(signature.pk)),
        ],
        "hashes": [
            (_("SHA-256 of the estimate's data (attached file)"), signature.subject_sha256),
            (_("SHA-256 of the PDF offered before signing"), offered),
        ],
    }


def _act(
    authorization: Authorization, signature: Signature, answers: Sequence[LineAnswer]
) -> Section:
    revision = authorization.revision

    def money(amount: Any) -> str:
        return format_money(amount, currency=revision.currency, language=signature.language)

    rows = [
        (f"{answer.line.position}. {answer.line.description}", answer.get_answer_display())
        for answer in answers
    ]
    rows += [
        (_("Change of the authorized total, with tax"), money(authorization.added_amount)),
        (_("Authorized total after this answer, with tax"), money(authorization.new_total)),
    ]
    return certificate.words(signature, rows=rows)


def _signature(authorization: Authorization, signature: Signature) -> Section:
    asked = authorization.revision.get_required_level_display()
    return certificate.name_and_drawing(signature, rows=[(_("Evidence level asked for"), asked)])


def _identification(authorization: Authorization, signature: Signature) -> Section:
    verified: list[str] = []
    unverified = [_("Not verified: an identity document.")]
    if authorization.mode == AuthorizationMode.PAPER:
        verified += _paper(authorization)
        unverified.append(
            _("Not verified: who held the pen. This file shows a scan or a record of the paper.")
        )
    elif authorization.mode == AuthorizationMode.IN_PERSON:
        verified.append(certificate.handed_over(signature))
        unverified.append(_("Not verified: any e-mail address or phone number of the signer."))
    else:
        verified.append(
            _("Signed by the holder of a personal link that was mailed to %(email)s.")
            % {"email": signature.signer_email}
        )
        if signature.code is not None and signature.code.verified_at is not None:
            verified.append(
                _("A one-time code mailed to %(email)s at %(made)s was entered at %(verified)s.")
                % {
                    "email": signature.signer_email,
                    "made": utc(signature.code.created_at),
                    "verified": utc(signature.code.verified_at),
                }
            )
        else:
            unverified.append(
                _("Not verified: that the signer can read that mailbox at the time of signing.")
            )
        unverified.append(
            _("Not verified: identity beyond the control of the e-mail address %(email)s.")
            % {"email": signature.signer_email}
        )
    return {"title": _("What was verified, and what was not"), "paragraphs": verified + unverified}


def _paper(authorization: Authorization) -> list[str]:
    words = [
        _("Attested by %(name)s: %(receipt)s. The original lies here: %(location)s.")
        % {
            "name": authorization.recorded_by,
            "receipt": authorization.get_paper_receipt_display() or "–",
            "location": authorization.paper_location or "–",
        }
    ]
    if authorization.paper_pages_printed:
        words.append(
            _("Page codes read by the machine: %(read)s of %(printed)s printed.")
            % {
                "read": authorization.paper_pages_read or 0,
                "printed": authorization.paper_pages_printed,
            }
        )
    if authorization.paper_unread_reason:
        words.append(
            _("Page codes not read: %(reason)s") % {"reason": authorization.paper_unread_reason}
        )
    if authorization.witness:
        words.append(_("Second member of staff: %(name)s") % {"name": authorization.witness})
    return words


def _technical(authorization: Authorization, signature: Signature) -> Section:
    rows = certificate.circumstances(
        signature, at=authorization.at, zone=authorization.revision.shop.zone
    )
    rows.insert(2, (_("Written down (UTC)"), utc(authorization.recorded_at)))
    if signature.code is not None and signature.evidence_level == EvidenceLevel.L3:
        rows += [
            (_("Code made (UTC)"), utc(signature.code.created_at)),
            (_("Code entered (UTC)"), utc(signature.code.verified_at or signature.signed_at)),
        ]
    return {"title": _("Circumstances"), "rows": rows}


def _mails(authorization: Authorization) -> Section:
    revision = authorization.revision
    mails = (
        OutgoingEmail.objects.for_shop(revision.shop)
        .filter(target_id=revision.pk, customer__isnull=False)
        .order_by("created_at")
    )
    return mails_section(mails)


def _timeline(authorization: Authorization) -> Section:
    order = authorization.revision.estimate.repair_order
    own = {str(authorization.revision.estimate_id), *_links_of(authorization)}
    events = (
        AuditEvent.objects.for_shop(authorization.revision.shop)
        .filter(repair_order_id=order.pk, action__in=_EVENTS)
        .order_by("sequence")
    )
    return certificate.timeline(
        [event for event in events if str(event.target_id) in own], told=_EVENTS
    )


def _links_of(authorization: Authorization) -> Iterable[str]:
    signature = authorization.signature
    return [str(signature.link_id)] if signature and signature.link_id else []
