"""Addresses of estimates, authorizations and deferred work."""

from typing import Any

from shopdisputes.actors import DESK, STAFF, Role
from tests.architecture.routes.rows import Behind, Call, Page, api, order, photo
from tests.architecture.worlds import World


def _draft(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.draft.number}


def _sent(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.sent.number}


def _answered(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.answered.number}


def _job(world: World, role: Role) -> dict[str, Any]:
    return {"job_id": world.job.pk}


PAGES = [
    Page("estimate-list", get=STAFF),
    Page("estimate-export", get=STAFF),
    Page("estimate-new", get=DESK, post=DESK, arguments=order),
    Page("estimate-new-totals", post=DESK, arguments=order),
    Page("estimate", get=STAFF, arguments=_answered),
    Page("estimate-edit", get=DESK, post=DESK, arguments=_draft),
    Page("estimate-totals", post=DESK, arguments=_draft),
    Page("estimate-discard", post=DESK, arguments=_draft),
    Page("estimate-revise", post=DESK, arguments=_sent),
    Page("estimate-duplicate", post=DESK, arguments=_sent),
    Page("estimate-send", get=DESK, post=DESK, arguments=_draft),
    Page("estimate-preview", get=STAFF, post=STAFF, arguments=_sent),
    Page("estimate-resend", post=DESK, arguments=_sent),
    Page("estimate-withdraw", post=DESK, arguments=_sent),
    Page("estimate-call-done", post=DESK, arguments=_sent),
    Page("estimate-oral", get=DESK, post=DESK, arguments=_sent),
    Page("estimate-oral-totals", post=DESK, arguments=_sent),
    Page("estimate-in-person", post=DESK, arguments=_sent),
    Page("estimate-paper", get=DESK, post=DESK, arguments=_sent),
    Page("estimate-paper-print", post=DESK, arguments=_sent),
    Page("deferred-work", get=STAFF),
    Page("deferred-work-export", get=DESK),
    Page("job-list", get=DESK),
    Page("job-new", get=DESK, post=DESK),
    Page("job-edit", get=DESK, post=DESK, arguments=_job),
    Page("job-offer", post=DESK, arguments=_job),
]


CALLS = [
    Call("api-estimate-list", get=STAFF, post=DESK),
    Call("api-estimate-detail", get=STAFF, patch=DESK, arguments=api("draft")),
    Call("api-estimate-send", post=DESK, arguments=api("draft")),
    Call("api-estimate-resend", post=DESK, arguments=api("sent")),
    Call("api-estimate-withdraw", post=DESK, arguments=api("sent")),
    Call("api-estimate-revise", post=DESK, arguments=api("sent")),
    Call("api-estimate-authorizations", post=DESK, arguments=api("sent")),
    Call("api-estimate-pdf", get=STAFF, arguments=api("sent")),
    Call("api-estimate-signed-pdf", get=STAFF, arguments=api("answered")),
]


BEHIND_LINKS = [
    Behind("public-estimate", get=True, post=False),
    Behind("public-estimate-totals", get=True, post=False),
    Behind("public-estimate-sign", get=True, post=True),
    Behind("public-estimate-code", get=True, post=True),
    Behind("public-estimate-call", get=True, post=True),
    Behind("public-estimate-paper", get=False, post=True),
    Behind("public-estimate-file", get=True, post=False, arguments=photo),
    Behind("public-estimate-displayed", get=False, post=True),
    Behind("public-estimate-pdf", get=True, post=False),
    Behind("public-estimate-signed", get=True, post=False),
]
