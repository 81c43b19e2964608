"""Addresses of reminders, letters, calls and fees."""

from typing import Any

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.routes.rows import Arguments, Behind, Call, Page, api, bill, customer
from tests.architecture.worlds import World


def _ladder(world: World, role: Role) -> dict[str, Any]:
    return {"ladder_id": world.reminder.version.ladder_id}


def _ladder_version(world: World, role: Role) -> dict[str, Any]:
    return {"ladder_id": world.reminder.version.ladder_id, "number": 1}


def _letter(world: World, role: Role) -> dict[str, Any]:
    return {"reminder": [str(world.letter.pk)]}


def _call(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.call.pk}


def _fee(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.fee.pk}


def _ticked_fee(world: World, role: Role) -> dict[str, Any]:
    return {"fee": [str(world.fee.pk)]}


def _reminder_text(world: World, role: Role) -> dict[str, Any]:
    return {"template": "friendly", "language": "en"}


def _reminder(name: str) -> Arguments:
    return lambda world, role: {"pk": getattr(world, name).pk}


def _ticked(world: World, role: Role) -> dict[str, Any]:
    return {"reminder": [str(world.reminder.pk)]}


PAGES = [
    Page("dunning-agenda", get=DESK),
    Page("dunning-approve", post=DESK, body=_ticked),
    Page("dunning-calendar", get=DESK),
    Page("invoice-remind", get=DESK, post=DESK, arguments=bill),
    Page("invoice-dunning-decide", get=DESK, arguments=bill),
    Page("invoice-dunning-stop", get=DESK, post=DESK, arguments=bill),
    Page("invoice-dunning-start", get=DESK, post=DESK, arguments=bill),
    Page("invoice-dunning-restart", get=DESK, post=DESK, arguments=bill),
    Page("letter-list", get=DESK),
    Page("letter-make", post=DESK, body=_letter),
    Page("letter-take-back", post=DESK, body=_letter),
    Page("letter-posted", post=DESK, body=_letter),
    Page("letter-pdf", get=DESK),
    Page("letter-addresses", get=DESK),
    Page("call-list", get=DESK),
    Page("call-note", get=DESK, post=DESK, arguments=_call),
    Page("fee-list", get=DESK),
    Page("fee-claim", post=MANAGEMENT, body=_ticked_fee),
    Page("fee", get=DESK, arguments=_fee),
    Page("fee-waive", post=MANAGEMENT, arguments=_fee),
    Page("dunning-pause", get=DESK, post=DESK),
    Page("dunning-resume", post=DESK),
    Page("customer-ladder", get=DESK, post=DESK, arguments=customer),
    Page("ladder-list", get=MANAGEMENT),
    Page("ladder-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("ladder", get=MANAGEMENT, post=MANAGEMENT, arguments=_ladder),
    Page("ladder-default", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-retire", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-bring-back", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-version", get=MANAGEMENT, arguments=_ladder_version),
    Page("reminder-text-list", get=MANAGEMENT),
    Page(
        "reminder-text",
        get=MANAGEMENT,
        post=MANAGEMENT,
        arguments=_reminder_text,
        of_one_shop=False,
    ),
    Page("reminder-list", get=DESK),
    Page("reminder-export", get=DESK),
    Page("reminder", get=DESK, arguments=_reminder("reminder")),
    Page("reminder-approve", post=DESK, arguments=_reminder("reminder")),
    Page("reminder-skip", post=DESK, arguments=_reminder("reminder")),
    Page("reminder-settle", post=DESK, arguments=_reminder("doubtful_reminder")),
    Page("reminder-bounced", post=DESK, arguments=_reminder("sent_reminder")),
    Page("reminder-replied", post=DESK, arguments=_reminder("sent_reminder")),
    Page("address-mended", post=DESK, arguments=customer),
]


CALLS = [
    Call("api-dunning-policy", get=STAFF, put=MANAGEMENT),
    Call("api-invoice-remind", post=DESK, arguments=api("bill")),
    Call("api-reminder-list", get=STAFF),
    Call("api-reminder-detail", get=STAFF, arguments=api("reminder")),
    Call("api-reminder-approve", post=DESK, arguments=api("reminder")),
    Call("api-reminder-skip", post=DESK, arguments=api("reminder")),
    Call("api-reminder-settle", post=DESK, arguments=api("doubtful_reminder")),
]


BEHIND_LINKS: list[Behind] = []
