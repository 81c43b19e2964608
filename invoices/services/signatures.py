"""The customer's signature under a plan, an invoice, a choice: checked, then written down."""

from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Actor
from shopdisputes.audit.models import AuditEvent
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.errors import Refused
from shopdisputes.links.models import IN_PERSON, AccessLink
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.signing import services as signing
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText, Signature, SignatureMethod, TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

_LONGEST_NAME = 200


class NotSignable(Refused):
    """Consent or a readable name is missing; ``fields`` has everything that is wrong."""

    code = "signature-incomplete"
    default_message = _("Your signature is not complete yet.")


def tidy(name: str) -> str:
    """Return a name with single spaces."""
    return " ".join(name.split())


def check(*, signer_name: str, drawn: DrawnSignature | None, consent: bool) -> None:
    """Refuse what is no signature; call it before any lock, a drawing takes time to look at.

    Raises:
        NotSignable: at ``consent`` and ``signer_name``.
        SignatureImageRefused: the drawing is not a PNG picture within the limits.
    """
    fields: dict[str, str | LazyText] = {}
    if not consent:
        fields["consent"] = _("Please agree to electronic documents, or ask to sign on paper.")
    if not signing.is_readable(signer_name):
        fields["signer_name"] = _("Please write your full name.")
    elif len(tidy(signer_name)) > _LONGEST_NAME:
        fields["signer_name"] = _("At most 200 characters.")
    if fields:
        raise NotSignable(fields=fields)
    if drawn is not None:
        signing.check_image(drawn.image)


def consent_text(shop: Shop, *, language: str) -> LegalText:
    """Return the text about electronic documents that the customer agrees to."""
    return LegalText.objects.for_shop(shop).current(
        code=TextCode.ELECTRONIC_RECORDS, language=language
    )


def sentence(shop: Shop, code: TextCode, *, language: str, **words: object) -> Sentence:
    """Return the shop's sentence ``code`` in ``language``, with ``words`` for its hashtags."""
    text = LegalText.objects.for_shop(shop).current(code=code, language=language)
    return Sentence(text=text, words=texts.render(text, shop=shop.name, **words))


def write(
    *,
    link: AccessLink,
    act: str,
    target_id: UUID,
    repair_order: RepairOrder,
    sentence: Sentence,
    subject_sha256: str,
    shown: Document | None,
    signer_name: str,
    drawn: DrawnSignature | None,
    signer_timezone: str,
    language: str,
    by: Actor,
    at: datetime,
) -> Signature:
    """Write down a checked signature through ``link``, in the transaction of what it signs.

    ``shown`` is the PDF that was offered before. On the shop's own tablet whoever handed it over
    is the witness.
    """
    ready = shown is not None and shown.status == DocumentStatus.READY
    return signing.sign(
        shop=link.shop,
        act=act,
        target_id=target_id,
        repair_order_id=repair_order.pk,
        link=link,
        signer_name=tidy(signer_name),
        method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
        image=drawn.image if drawn else None,
        strokes=drawn.strokes if drawn else None,
        text=sentence.text,
        sentence=sentence.words,
        consent_text=consent_text(link.shop, language=language),
        subject_sha256=subject_sha256,
        shown_pdf_sha256=shown.sha256 if shown is not None and ready else "",
        code=None,
        language=language,
        signer_timezone=signer_timezone,
        witness=_who_gave(link) if link.purpose in IN_PERSON else "",
        email=link.recipient,
        by=by,
        at=at,
    )


def _who_gave(link: AccessLink) -> str:
    given = AuditEvent.objects.of_target(link).filter(action="link.given").first()
    return given.actor_name if given else ""
