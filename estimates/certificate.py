"""The certificate page of a signed estimate: what was done, how it is proved, and what is not."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from estimates.models import Authorization, LineAnswer
from estimates.states import AuthorizationMode
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.rendering import data_uri
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import format_money
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.models import LegalText, Signature, SignatureMethod

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
    "link.given": gettext_lazy("Personal link made"),
    "link.renewed": gettext_lazy("Fresh link asked for"),
    "link.displayed": gettext_lazy("Estimate shown in the customer's browser"),
    "link.revoked": gettext_lazy("Personal link revoked"),
}

Section = dict[str, Any]


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
            _chain(event),
        ],
        "closing": _closing(),
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
            (_("Shop"), ", ".join(_known(shop.legal_name or shop.name, *shop.address_lines))),
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
    rows += _text_rows(_("Text of the sentence"), signature.text)
    rows += _text_rows(_("Consent to electronic documents"), signature.consent_text)
    return {
        "title": _("The exact words"),
        "paragraphs": [signature.sentence],
        "rows": rows,
        "hashes": [
            (_("SHA-256 of the sentence as shown"), signature.sentence_sha256),
            *(
                (_("SHA-256 of text %(text)s") % {"text": text.pk}, text.sha256)
                for text in _known(signature.text, signature.consent_text)
            ),
        ],
    }


def _text_rows(label: str, text: LegalText | None) -> list[tuple[str, str]]:
    if text is None:
        return []
    version = _("%(text)s, version %(version)s, %(language)s") % {
        "text": text.pk,
        "version": text.version,
        "language": text.language,
    }
    return [(label, version)]


def _signature(authorization: Authorization, signature: Signature) -> Section:
    section: Section = {
        "title": _("Signature"),
        "rows": [
            (_("Name"), signature.signer_name),
            (_("Put"), signature.get_method_display()),
            (_("Evidence level reached"), signature.get_evidence_level_display()),
            (
                _("Evidence level asked for"),
                authorization.revision.get_required_level_display(),
            ),
        ],
    }
    if signature.image:
        section["picture"] = data_uri(bytes(signature.image))
        section["picture_label"] = signature.signer_name
    elif signature.method == SignatureMethod.TYPED:
        section["typed_name"] = signature.signer_name
    if signature.image_sha256:
        section["hashes"] = [(_("SHA-256 of the drawing"), signature.image_sha256)]
    return section


def _identification(authorization: Authorization, signature: Signature) -> Section:
    verified: list[str] = []
    unverified = [_("Not verified: an identity document.")]
    if authorization.mode == AuthorizationMode.PAPER:
        verified += _paper(authorization)
        unverified.append(
            _("Not verified: who held the pen. This file shows a scan or a record of the paper.")
        )
    elif authorization.mode == AuthorizationMode.IN_PERSON:
        verified.append(
            _("Signed on the shop's own device; %(name)s handed it over.")
            % {"name": signature.witness or "–"}
        )
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
                    "made": _utc(signature.code.created_at),
                    "verified": _utc(signature.code.verified_at),
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
    zone = _zone(signature.signer_timezone, fallback=authorization.revision.shop.zone)
    rows = [
        (_("Time (UTC)"), _utc(authorization.at)),
        (_("Time in the signer's zone"), _local(authorization.at, zone)),
        (_("Written down (UTC)"), _utc(authorization.recorded_at)),
        (_("Time source"), _("Clock of the server")),
        (_("Language shown"), signature.get_language_display()),
        (_("E-mail address used"), signature.signer_email or "–"),
        (_("IP address"), signature.ip_address or "–"),
        (_("Browser"), signature.user_agent or "–"),
    ]
    if signature.code is not None and signature.evidence_level == EvidenceLevel.L3:
        rows += [
            (_("Code made (UTC)"), _utc(signature.code.created_at)),
            (_("Code entered (UTC)"), _utc(signature.code.verified_at or signature.signed_at)),
        ]
    return {"title": _("Circumstances"), "rows": rows}


def _mails(authorization: Authorization) -> Section:
    revision = authorization.revision
    mails = (
        OutgoingEmail.objects.for_shop(revision.shop)
        .filter(target_id=revision.pk, customer__isnull=False)
        .order_by("created_at")
    )
    events = [
        (
            _utc(mail.sent_at or mail.created_at),
            _("%(subject)s · to %(to)s · %(status)s · %(reply)s · %(id)s")
            % {
                "subject": mail.subject,
                "to": mail.recipient,
                "status": mail.get_status_display(),
                "reply": mail.reply or "–",
                "id": mail.message_id,
            },
        )
        for mail in mails
    ]
    if not events:
        return {"title": _("E-mails about it"), "paragraphs": [_("None was sent.")]}
    return {"title": _("E-mails about it"), "events": events}


def _timeline(authorization: Authorization) -> Section:
    order = authorization.revision.estimate.repair_order
    own = {str(authorization.revision.estimate_id), *_links_of(authorization)}
    events = (
        AuditEvent.objects.for_shop(authorization.revision.shop)
        .filter(repair_order_id=order.pk, action__in=_EVENTS)
        .order_by("sequence")
    )
    return {
        "title": _("Timeline"),
        "events": [
            (
                _utc(event.at),
                _("%(what)s (%(who)s, no. %(sequence)s)")
                % {
                    "what": _EVENTS[event.action],
                    "who": event.actor_name,
                    "sequence": event.sequence,
                },
            )
            for event in events
            if str(event.target_id) in own
        ],
    }


def _links_of(authorization: Authorization) -> Iterable[str]:
    signature = authorization.signature
    return [str(signature.link_id)] if signature and signature.link_id else []


def _chain(event: AuditEvent) -> Section:
    return {
        "title": _("Place in the audit trail"),
        "rows": [(_("Event number"), str(event.sequence)), (_("Action"), event.action)],
        "hashes": [
            (_("Hash of this event"), event.hash),
            (_("Hash of the event before"), event.previous_hash),
        ],
    }


def _closing() -> str:
    return _(
        "This file carries the shop's electronic seal (PAdES). It proves that these bytes have"
        " not changed since they were sealed; it is not the signer's own cryptographic signature."
        " Whether an authority's time-stamp is part of the seal is shown by the seal itself. To"
        " check: open the file in a program that validates signatures, take out the attached"
        " data file and compare its SHA-256 with the one above."
    )


def _known(*values: Any) -> list[Any]:
    return [value for value in values if value]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.isoformat(sep=' ', timespec='seconds')} ({zone.key})"


def _zone(name: str, *, fallback: ZoneInfo) -> ZoneInfo:
    """Return the zone that the signer's browser named; it is only a claim."""
    return ZoneInfo(name) if name in available_timezones() else fallback
