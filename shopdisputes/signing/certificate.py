"""What every certificate of a signature says, whatever was signed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.rendering import data_uri
from shopdisputes.signing.models import LegalText, Signature, SignatureMethod

#: What happened to the link by which somebody signed.
LINK_EVENTS: Mapping[str, str | Promise] = {
    "link.given": gettext_lazy("Personal link made"),
    "link.renewed": gettext_lazy("Fresh link asked for"),
    "link.displayed": gettext_lazy("Page shown in the customer's browser"),
    "link.revoked": gettext_lazy("Personal link revoked"),
}

#: A part of ``documents/certificate.html``, which says what may be in it.
Section = dict[str, Any]


def words(signature: Signature, *, rows: Iterable[tuple[str, str]]) -> Section:
    """Return the section of the exact words, after ``rows`` of what was chosen."""
    texts = [text for text in (signature.text, signature.consent_text) if text is not None]
    return {
        "title": _("The exact words"),
        "paragraphs": [signature.sentence],
        "rows": [
            *rows,
            *_text_rows(_("Text of the sentence"), signature.text),
            *_text_rows(_("Consent to electronic documents"), signature.consent_text),
        ],
        "hashes": [
            (_("SHA-256 of the sentence as shown"), signature.sentence_sha256),
            *((_("SHA-256 of text %(text)s") % {"text": text.pk}, text.sha256) for text in texts),
        ],
    }


def name_and_drawing(signature: Signature, *, rows: Iterable[tuple[str, str]] = ()) -> Section:
    """Return the section with the name or the drawing; ``rows`` come last."""
    section: Section = {
        "title": _("Signature"),
        "rows": [
            (_("Name"), signature.signer_name),
            (_("Put"), signature.get_method_display()),
            (_("Evidence level reached"), signature.get_evidence_level_display()),
            *rows,
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


def handed_over(signature: Signature) -> str:
    """Say that it was signed on the shop's own device, and who handed that over."""
    return _("Signed on the shop's own device; %(name)s handed it over.") % {
        "name": signature.witness or "–"
    }


def circumstances(signature: Signature, *, at: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return when, where and with what it was signed; ``zone`` is the shop's."""
    signers = _zone(signature.signer_timezone, fallback=zone)
    return [
        (_("Time (UTC)"), utc(at)),
        (_("Time in the signer's zone"), _local(at, signers)),
        (_("Time source"), _("Clock of the server")),
        (_("Language shown"), signature.get_language_display()),
        (_("E-mail address used"), signature.signer_email or "–"),
        (_("IP address"), signature.ip_address or "–"),
        (_("Browser"), signature.user_agent or "–"),
    ]


def timeline(events: Iterable[AuditEvent], *, told: Mapping[str, str | Promise]) -> Section:
    """Return what happened, in the words of ``told`` by action."""
    return {
        "title": _("Timeline"),
        "events": [
            (
                utc(event.at),
                _("%(what)s (%(who)s, no. %(sequence)s)")
                % {
                    "what": told[event.action],
                    "who": event.actor_name,
                    "sequence": event.sequence,
                },
            )
            for event in events
        ],
    }


def chain(event: AuditEvent) -> Section:
    """Return where in the audit trail the act of signing stands."""
    return {
        "title": _("Place in the audit trail"),
        "rows": [(_("Event number"), str(event.sequence)), (_("Action"), event.action)],
        "hashes": [
            (_("Hash of this event"), event.hash),
            (_("Hash of the event before"), event.previous_hash),
        ],
    }


def closing() -> str:
    """Say what the seal proves, what it does not, and how to check it."""
    return _(
        "This file carries the shop's electronic seal (PAdES). It proves that these bytes have"
        " not changed since they were sealed; it is not the signer's own cryptographic signature."
        " Whether an authority's time-stamp is part of the seal is shown by the seal itself. To"
        " check: open the file in a program that validates signatures, take out the attached"
        " data file and compare its SHA-256 with the one above."
    )


def utc(moment: datetime) -> str:
    """Write a moment as every certificate does, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _text_rows(label: str, text: LegalText | None) -> list[tuple[str, str]]:
    if text is None:
        return []
    version = _("%(text)s, version %(version)s, %(language)s") % {
        "text": text.pk,
        "version": text.version,
        "language": text.language,
    }
    return [(label, version)]


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.isoformat(sep=' ', timespec='seconds')} ({zone.key})"


def _zone(name: str, *, fallback: ZoneInfo) -> ZoneInfo:
    """Return the zone that the signer's browser named; it is only a claim."""
    return ZoneInfo(name) if name in available_timezones() else fallback
