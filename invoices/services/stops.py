"""What all acts about a stopped repair share: its errors, its lock, what is offered and chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from estimates.services.locking import need_open
from invoices import emails, explaining, progress
from invoices.models import StopWork, StopWorkFile, WorkItem
from invoices.states import ChoiceMode, StopOption, WorkState
from shopdisputes.actors import DESK, Actor, Role
from shopdisputes.audit import services as audit
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.errors import Conflict, Refused
from shopdisputes.outbox import queueing as outbox
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.transitions import NotYourTransition
from shopdisputes.uploads.models import StoredFile


class NotStopped(Conflict):
    """No stop is in force on the order."""

    code = "not-stopped"
    default_message = _("The customer has not stopped this repair.")


class AlreadyStopped(Conflict):
    """A stop is in force already."""

    code = "already-stopped"
    default_message = _("This repair is stopped already.")


class NothingAuthorized(Conflict):
    """There is no authorized work that could be stopped."""

    code = "nothing-authorized"
    default_message = _("Nothing is authorized on this repair order, so there is nothing to stop.")


class AlreadyChosen(Conflict):
    """The customer has chosen how it goes on."""

    code = "already-chosen"
    default_message = _("The customer has chosen already how this repair goes on.")


class Lifted(Conflict):
    """The stop is over: the repair goes on."""

    code = "stop-lifted"
    default_message = _("This stop is over: the repair goes on.")


class PartlyBilled(Conflict):
    """An invoice for the partial repair exists."""

    code = "partly-billed"
    default_message = _(
        "There is an invoice for the partial repair. Discard its draft, or credit or void it first."
    )


class NoAddress(Refused):
    """The customer has no e-mail address."""

    code = "no-address"
    default_message = _(
        "This customer has no e-mail address. Add one, or hand the options over in person."
    )


class StopRefused(Refused):
    """Something that must be written down is missing or cannot be right; see ``fields``."""

    code = "stop-refused"
    default_message = _("Some facts of the stop are missing or cannot be right.")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A file that proves how the repair was stopped, and the name under which it came."""

    file: StoredFile
    sent_as: str = ""


def need_desk(actor: Actor) -> None:
    """Let only the desk deal with stops.

    Raises:
        NotYourTransition: somebody else.
    """
    if actor.role not in DESK:
        raise NotYourTransition


def in_force(order: RepairOrder) -> StopWork | None:
    """Return the stop that is in force on an order, if any."""
    stops = StopWork.objects.for_shop(order.shop).filter(repair_order=order)
    return stops.in_force().with_everything().first()


def lock_stop(stop: StopWork) -> StopWork:
    """Lock the repair order and return its stop as it is now."""
    RepairOrder.objects.lock(stop.repair_order_id)
    return StopWork.objects.with_everything().get(pk=stop.pk)


def need_undecided(stop: StopWork) -> None:
    """Refuse to ask, or answer, what is decided.

    Raises:
        Lifted: the stop is over.
        AlreadyChosen: the customer has chosen.
    """
    if stop.chosen_at is not None:
        raise AlreadyChosen
    if stop.lifted_at is not None:
        raise Lifted
    need_open(stop.repair_order)


def freeze_offer(stop: StopWork, *, note: str) -> None:
    """Write down the prices of a locked stop as of now, and the hash of all that is offered."""
    jobs = progress.of(stop.repair_order)
    stop.option_note = note
    stop.option_prices = {
        option: str(price) for option, price in progress.prices(stop.repair_order, jobs).items()
    }
    stop.canonical_json = canonical_json(explaining.offer_of(stop, jobs))
    stop.sha256 = sha256_hex(stop.canonical_json)
    stop.save(update_fields=["option_note", "option_prices", "canonical_json", "sha256"])


def settle(
    *,
    stop: StopWork,
    option: StopOption,
    mode: ChoiceMode,
    person: str,
    note: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Write down the choice on a locked stop; to finish ends the stop.

    Raises:
        AlreadyChosen: somebody was first.
    """
    facts: dict[str, Any] = {
        "option": option,
        "chosen_at": at,
        "choice_mode": mode,
        "choice_person": person,
        "choice_note": note,
        "recorded_choice_by": "" if by.role == Role.CUSTOMER else by.name,
    }
    # Where locks do nothing (SQLite), this UPDATE decides which of two choices is the first.
    if not StopWork.objects.filter(pk=stop.pk, chosen_at=None, lifted_at=None).update(**facts):
        raise AlreadyChosen
    for name, value in facts.items():
        setattr(stop, name, value)
    outbox.withdraw(shop=stop.shop, target_id=stop.pk, kinds=emails.ASKING_TO_CHOOSE)


def told_choice(*, stop: StopWork, by: Actor, at: datetime) -> AuditEvent:
    """Put the choice into the trail; call it after all locks. To finish ends the stop."""
    event = tell(
        action="stop.chosen",
        stop=stop,
        data={
            "option": str(stop.option),
            "mode": str(stop.choice_mode),
            "person": stop.choice_person,
            "price": stop.option_prices.get(stop.option, ""),
            "sha256": stop.sha256,
        },
        by=by,
        at=at,
    )
    if stop.option == StopOption.FINISH:
        with translation.override(stop.shop.language):
            reason = str(_("The customer chose to have the repair finished."))
        let_go_on(stop=stop, reason=reason, by=by, at=at)
    return event


def let_go_on(*, stop: StopWork, reason: str, by: Actor, at: datetime) -> None:
    """End a locked stop: its lines can be worked on again."""
    stop.lifted_at, stop.lift_reason = at, reason
    stop.save(update_fields=["lifted_at", "lift_reason"])
    outbox.withdraw(shop=stop.shop, target_id=stop.pk, kinds=emails.ASKING_TO_CHOOSE)
    halted = WorkItem.objects.for_shop(stop.shop).filter(
        repair_order=stop.repair_order, state=WorkState.STOPPED
    )
    halted.update(state=WorkState.IN_PROGRESS, updated_at=at, updated_by=by.name)
    tell(action="stop.lifted", stop=stop, data={"reason": reason}, by=by, at=at)


def keep_proofs(*, stop: StopWork, files: Iterable[Proof], by: Actor, at: datetime) -> None:
    """Keep files with a stop; the same bytes once."""
    StopWorkFile.objects.bulk_create(
        (
            StopWorkFile(
                shop=stop.shop,
                stop=stop,
                file=proof.file,
                sent_as=proof.sent_as[:200],
                added_at=at,
                added_by=by.name,
            )
            for proof in files
        ),
        ignore_conflicts=True,
    )


def tell(
    *, action: str, stop: StopWork, data: Mapping[str, Any], by: Actor, at: datetime
) -> AuditEvent:
    """Append an act to a stop, with its order's number; call it after all locks."""
    return audit.record(
        shop=stop.shop,
        action=action,
        target=stop,
        repair_order_id=stop.repair_order_id,
        by=by,
        at=at,
        data={"number": stop.repair_order.number, **data},
    )
