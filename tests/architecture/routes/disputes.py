"""Addresses of disputes, offers, reworks and chargebacks."""

from typing import Any

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.routes.rows import Behind, Call, Page, api, behind_invoice, payment
from tests.architecture.worlds import World


def _api_follow_up(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.case.pk, "follow_up": world.follow_up.pk}


def _behind_dispute(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-dispute{name}", get, post, link="case_link", **other)


def _behind_resolver(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"resolver-{name}", get, post, link="resolver_link", **other)


def _behind_rework(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-rework{name}", get, post, link="rework_link", **other)


def _rework_file(world: World) -> dict[str, Any]:
    return {"file_id": world.rework_file.pk, "variant": "thumbnail"}


def _rework(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.rework.number}


def _case_file(world: World) -> dict[str, Any]:
    return {"file_id": world.case_file.pk, "variant": "thumbnail"}


def _contested_photo(world: World) -> dict[str, Any]:
    return {"media_id": world.shared_media.pk, "variant": "web"}


def _case(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number}


def _offer(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "position": world.offer.position}


def _offered(world: World) -> dict[str, Any]:
    return {"position": world.offer.position}


def _api_offer(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.case.pk, "position": world.offer.position}


def _chargeback(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.chargeback.number}


def _complaint(world: World, role: Role) -> dict[str, Any]:
    return {"claim_id": world.claim.pk}


def _follow_up(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "follow_up_id": world.follow_up.pk}


def _resolver_answer(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "answer_id": world.resolver_answer.pk}


def _dispute_reason(world: World, role: Role) -> dict[str, Any]:
    return {"reason_id": world.case.reason_id}


def _ages(_world: World, role: Role) -> dict[str, Any]:
    return {"which": "ages"}


PAGES = [
    # Reports
    Page("dispute-reports", get=DESK),
    Page("dispute-reports-export", get=DESK, arguments=_ages, of_one_shop=False),
    # Disputes
    Page("dispute-list", get=DESK),
    Page("dispute-export", get=DESK),
    Page("dispute-agenda", get=DESK),
    Page("dispute-agenda-export", get=DESK),
    Page("dispute-new", get=DESK, post=DESK),
    Page("dispute-from-claim", get=DESK, post=DESK, arguments=_complaint),
    Page("dispute", get=DESK, arguments=_case),
    Page("dispute-tell-resolver", get=DESK, post=DESK, arguments=_case),
    Page("dispute-step-follow-up", get=DESK, post=DESK, arguments=_case),
    Page("dispute-accept", post=DESK, arguments=_case),
    Page("dispute-message", post=DESK, arguments=_case),
    Page("dispute-chase", post=DESK, arguments=_case),
    Page("dispute-hand-over", get=DESK, post=DESK, arguments=_case),
    Page("dispute-answer-take", post=DESK, arguments=_resolver_answer),
    Page("dispute-answer-refuse", get=DESK, post=DESK, arguments=_resolver_answer),
    Page("dispute-release", get=DESK, post=DESK, arguments=_case),
    Page("dispute-resolve", get=DESK, post=DESK, arguments=_case),
    Page("dispute-reject", get=MANAGEMENT, post=MANAGEMENT, arguments=_case),
    Page("dispute-withdraw", get=DESK, post=DESK, arguments=_case),
    Page("dispute-escalate", get=DESK, post=DESK, arguments=_case),
    Page("dispute-reopen", get=MANAGEMENT, post=MANAGEMENT, arguments=_case),
    Page("dispute-offer-new", get=DESK, post=DESK, arguments=_case),
    Page("dispute-offer-accept", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-record", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-refuse", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-take-back", post=DESK, arguments=_offer),
    Page("dispute-offer-tablet", post=DESK, arguments=_offer),
    Page("dispute-follow-up-new", get=DESK, post=DESK, arguments=_case),
    Page("dispute-follow-up", get=DESK, post=DESK, arguments=_follow_up),
    Page("dispute-follow-up-finish", get=DESK, post=DESK, arguments=_follow_up),
    Page("rework-list", get=DESK),
    Page("rework-export", get=DESK),
    Page("rework-new", get=DESK, post=DESK),
    Page("rework", get=DESK, arguments=_rework),
    Page("rework-accept", get=DESK, post=DESK, arguments=_rework),
    Page("rework-refuse", get=DESK, post=DESK, arguments=_rework),
    Page("rework-appointment", get=DESK, post=DESK, arguments=_rework),
    Page("rework-begin", post=DESK, arguments=_rework),
    Page("rework-deliver", get=DESK, post=DESK, arguments=_rework),
    Page("rework-confirm", post=DESK, arguments=_rework),
    Page("rework-complain", get=DESK, post=DESK, arguments=_rework),
    Page("rework-dispute", get=DESK, post=DESK, arguments=_rework),
    Page("rework-close", get=DESK, post=DESK, arguments=_rework),
    Page("rework-call-off", get=DESK, post=DESK, arguments=_rework),
    Page("rework-supplement", post=DESK, arguments=_rework),
    Page("chargeback-list", get=DESK),
    Page("chargeback-export", get=DESK),
    Page("chargeback-new", get=DESK, post=DESK, arguments=payment),
    Page("chargeback", get=DESK, arguments=_chargeback),
    Page("chargeback-divide", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-withdraw-funds", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-reinstate", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-submit", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-ask-again", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-withdrawn", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-decided", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-let-go", get=MANAGEMENT, post=MANAGEMENT, arguments=_chargeback),
    Page("dispute-reason-list", get=MANAGEMENT),
    Page("dispute-reason-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("dispute-reason", get=MANAGEMENT, post=MANAGEMENT, arguments=_dispute_reason),
]


CALLS = [
    Call("api-chargeback-list", get=STAFF, post=DESK),
    Call("api-chargeback-detail", get=STAFF, arguments=api("chargeback")),
    Call("api-chargeback-divide", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-withdraw-funds", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-reinstate", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-submit", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-ask-again", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-withdrawn", post=DESK, arguments=api("chargeback")),
    Call("api-chargeback-let-go", post=MANAGEMENT, arguments=api("chargeback")),
    Call("api-chargeback-close", post=DESK, arguments=api("chargeback")),
    Call("api-dispute-reason-list", get=STAFF),
    Call("api-dispute-list", get=STAFF, post=DESK),
    Call("api-dispute-detail", get=STAFF, arguments=api("case")),
    Call("api-dispute-release-items", post=DESK, arguments=api("case")),
    Call("api-dispute-resolve", post=DESK, arguments=api("case")),
    Call("api-dispute-reject", post=MANAGEMENT, arguments=api("case")),
    Call("api-dispute-withdraw", post=DESK, arguments=api("case")),
    Call("api-dispute-accept", post=DESK, arguments=api("case")),
    Call("api-dispute-escalate", post=DESK, arguments=api("case")),
    Call("api-dispute-chase", post=DESK, arguments=api("case")),
    Call("api-dispute-messages", get=STAFF, post=DESK, arguments=api("case")),
    Call("api-dispute-reopen", post=MANAGEMENT, arguments=api("case")),
    Call("api-rework-list", get=STAFF, post=DESK),
    Call("api-rework-detail", get=STAFF, arguments=api("rework")),
    Call("api-rework-accept", post=DESK, arguments=api("rework")),
    Call("api-rework-refuse", post=DESK, arguments=api("rework")),
    Call("api-rework-appointment", post=DESK, arguments=api("rework")),
    Call("api-rework-begin", post=DESK, arguments=api("rework")),
    Call("api-rework-deliver", post=DESK, arguments=api("rework")),
    Call("api-rework-confirm", post=DESK, arguments=api("rework")),
    Call("api-rework-complain", post=DESK, arguments=api("rework")),
    Call("api-rework-close", post=DESK, arguments=api("rework")),
    Call("api-rework-dispute", post=DESK, arguments=api("rework")),
    Call("api-rework-call-off", post=DESK, arguments=api("rework")),
    Call("api-rework-supplement", post=DESK, arguments=api("rework")),
    Call("api-dispute-offers", get=STAFF, post=DESK, arguments=api("case")),
    Call("api-dispute-offer-accept", post=DESK, arguments=_api_offer),
    Call("api-dispute-offer-refuse", post=DESK, arguments=_api_offer),
    Call("api-dispute-offer-take-back", post=DESK, arguments=_api_offer),
    Call("api-dispute-follow-ups", get=STAFF, post=DESK, arguments=api("case")),
    Call("api-dispute-follow-up", patch=DESK, arguments=_api_follow_up),
    Call("api-dispute-follow-up-finish", post=DESK, arguments=_api_follow_up),
]


BEHIND_LINKS = [
    behind_invoice("-dispute", get=True, post=True),
    behind_invoice("-contested", get=True, post=True),
    _behind_dispute("", get=True),
    _behind_dispute("-message", get=True, post=True),
    _behind_dispute("-withdraw", get=True, post=True),
    _behind_dispute("-reopen", get=True, post=True),
    _behind_dispute("-displayed", post=True),
    _behind_dispute("-file", get=True, arguments=_case_file),
    _behind_dispute("-offer-make", get=True, post=True),
    _behind_dispute("-offer", get=True, arguments=_offered),
    _behind_dispute("-offer-sign", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-refuse", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-take-back", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-pdf", get=True, arguments=_offered),
    behind_invoice("-rework", get=True, post=True),
    _behind_rework("", get=True),
    _behind_rework("-confirm", get=True, post=True),
    _behind_rework("-complain", get=True, post=True),
    _behind_rework("-dispute", get=True, post=True),
    _behind_rework("-close", get=True, post=True),
    _behind_rework("-call-off", get=True, post=True),
    _behind_rework("-displayed", post=True),
    _behind_rework("-file", get=True, arguments=_rework_file),
    _behind_resolver("page", get=True),
    _behind_resolver("answer", get=True, post=True),
    _behind_resolver("displayed", post=True),
    _behind_resolver("file", get=True, arguments=_case_file),
    _behind_resolver("photo", get=True, arguments=_contested_photo),
]
