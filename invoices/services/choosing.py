"""The customer's choice of how a stopped repair goes on: by link, or written down by staff."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices import documents, emails
from invoices.models import StopWork
from invoices.services import signatures
from invoices.services.signatures import tidy
from invoices.services.stops import (
    Proof,
    freeze_offer,
    keep_proofs,
    lock_stop,
    need_desk,
    need_undecided,
    settle,
    told_choice,
)
from invoices.states import ChoiceMode, StopOption
from shopdisputes.actors import Actor
from shopdisputes.errors import Conflict, Refused
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import format_money
from shopdisputes.signing import services as signing
from shopdisputes.signing.models import TextCode
from shopdisputes.signing.services import DrawnSignature, Sentence

Words = str | Promise

ACT = "stop_choice"
_LONGEST_NAME = 200
_LONGEST_NOTE = 500
_BY_STAFF = (ChoiceMode.ORAL, ChoiceMode.PAPER, ChoiceMode.IN_PERSON)


class OfferChanged(Conflict):
    """The customer looked at other prices than those that are offered now."""

    code = "offer-changed"
    default_message = _("The prices have changed since you opened this page. Please look again.")


class ChoiceRefused(Refused):
    """The choice is not complete; ``fields`` names everything that is wrong, by field."""

    code = "choice-refused"
    default_message = _("Your choice is not complete yet.")


@transaction.atomic
def choose(
    *,
    link: AccessLink,
    stop_sha256: str,
    option: str,
    signer_name: str,
    drawn: DrawnSignature | None,
    consent: bool,
    signer_timezone: str,
    language: str = "",
    by: Actor,
    at: datetime,
) -> StopWork:
    """Take the signed choice through a link; the same again is the same one.

    ``stop_sha256`` is the hash of the offer that the page showed, ``language`` the one it was
    shown in; empty: the link's. To finish ends the stop.

    Raises:
        OfferChanged: the page showed other prices.
        AlreadyChosen, Lifted, RepairOrderNotOpen: too late.
        ChoiceRefused: option, name or consent is missing; ``fields``.
        SignatureImageRefused: the drawing is not a PNG picture within the limits.
    """
    stop = lock_stop(StopWork.objects.for_link(link).get())
    name = tidy(signer_name)
    if _same_choice(stop, link=link, option=option, name=name):
        return stop
    need_undecided(stop)
    if not stop.sha256 or stop_sha256 != stop.sha256:
        raise OfferChanged
    _check(option, name=name, consent=consent)
    settle(
        stop=stop,
        option=StopOption(option),
        mode=_mode(link),
        person=name,
        by=by,
        at=at,
    )
    language = language or link.language
    stop.signature = signatures.write(
        link=link,
        act=ACT,
        target_id=stop.pk,
        repair_order=stop.repair_order,
        sentence=sentence_for(stop, option=option, language=language),
        subject_sha256=stop.sha256,
        shown=stop.document,
        signer_name=name,
        drawn=drawn,
        signer_timezone=signer_timezone,
        language=language,
        by=by,
        at=at,
    )
    stop.save(update_fields=["signature"])
    event = told_choice(stop=stop, by=by, at=at)
    stop.signed_document = documents.signed_stop_work(
        stop, signature=stop.signature, event=event, at=at
    )
    stop.save(update_fields=["signed_document"])
    emails.stop_chosen(stop, at=at)
    return stop


@transaction.atomic
def record_choice(
    *,
    stop: StopWork,
    option: str,
    mode: str,
    person: str,
    note: str = "",
    files: Iterable[Proof] = (),
    by: Actor,
    at: datetime,
) -> StopWork:
    """Write down a choice that was made by phone, in person or on paper; a mail confirms it.

    What was not offered yet is priced as of now. To finish ends the stop.

    Raises:
        AlreadyChosen, Lifted, RepairOrderNotOpen: too late.
        ChoiceRefused: with ``fields``.
    """
    need_desk(by)
    stop = lock_stop(stop)
    need_undecided(stop)
    person, note = tidy(person), note.strip()
    problems: dict[str, Words] = {}
    if option not in StopOption.values or option == StopOption.UNDECIDED:
        problems["option"] = _("Choose one of the three.")
    if mode not in _BY_STAFF:
        problems["mode"] = _("Choose how the answer reached the shop.")
    if not signing.is_readable(person):
        problems["person"] = _("Say who chose.")
    elif len(person) > _LONGEST_NAME:
        problems["person"] = _("At most 200 characters.")
    if len(note) > _LONGEST_NOTE:
        problems["note"] = _("At most 500 characters.")
    if problems:
        raise ChoiceRefused(fields=problems)
    if not stop.sha256:
        freeze_offer(stop, note=stop.option_note)
    settle(
        stop=stop,
        option=StopOption(option),
        mode=ChoiceMode(mode),
        person=person,
        note=note,
        by=by,
        at=at,
    )
    keep_proofs(stop=stop, files=files, by=by, at=at)
    told_choice(stop=stop, by=by, at=at)
    emails.stop_chosen(stop, at=at)
    return stop


def sentence_for(stop: StopWork, *, option: str, language: str) -> Sentence:
    """Return the sentence that is signed with an option, in ``language``."""
    with translation.override(language):
        choice = str(StopOption(option).label)
    return signatures.sentence(
        stop.shop,
        TextCode.STOP_CHOICE,
        language=language,
        choice=choice,
        amount=format_money(
            Decimal(stop.option_prices[option]), currency=stop.shop.currency, language=language
        ),
        number=stop.repair_order.number,
    )


def _check(option: str, *, name: str, consent: bool) -> None:
    problems: dict[str, Words] = {}
    if option not in StopOption.values or option == StopOption.UNDECIDED:
        problems["option"] = _("Please choose one of the three.")
    if not consent:
        problems["consent"] = _("Please agree to electronic documents, or call us.")
    if not signing.is_readable(name):
        problems["signer_name"] = _("Please write your full name.")
    elif len(name) > _LONGEST_NAME:
        problems["signer_name"] = _("At most 200 characters.")
    if problems:
        raise ChoiceRefused(fields=problems)


def _same_choice(stop: StopWork, *, link: AccessLink, option: str, name: str) -> bool:
    """Say whether the same post chose before: a double click or a reload signs once."""
    return (
        stop.signature is not None
        and stop.signature.link_id == link.pk
        and stop.option == option
        and stop.choice_person == name
    )


def _mode(link: AccessLink) -> ChoiceMode:
    in_person = link.purpose == LinkPurpose.STOP_IN_PERSON
    return ChoiceMode.IN_PERSON if in_person else ChoiceMode.ELECTRONIC
