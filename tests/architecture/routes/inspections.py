"""Addresses of inspections and checklists."""

from typing import Any

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.routes.rows import Behind, Call, Page, api, order, photo
from tests.architecture.worlds import World


def _running(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number}


def _running_item(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "item_id": world.running_item.pk}


def _extra_item(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "item_id": world.extra_item.pk}


def _running_media(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "media_id": world.running_media.pk}


def _completed(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.completed.number}


def _shared(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.shared.number}


def _checklist(world: World, role: Role) -> dict[str, Any]:
    return {"checklist_id": world.checklist.pk}


def _checklist_version(world: World, role: Role) -> dict[str, Any]:
    return {"checklist_id": world.checklist.pk, "number": 1}


def _api_item(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.running.pk, "item_id": world.extra_item.pk}


def _api_media(world: World, role: Role) -> dict[str, Any]:
    item = world.running_media.item
    return {"pk": world.running.pk, "item_id": item.pk, "media_id": world.running_media.pk}


def _own_photo(world: World) -> dict[str, Any]:
    return {"remark_file_id": world.remark_file.pk}


def _behind_inspection(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-inspection{name}", get, post, link="inspection_link", **other)


PAGES = [
    Page("inspection-list", get=STAFF),
    Page("inspection-export", get=STAFF),
    Page("inspection-new", get=STAFF, post=STAFF, arguments=order),
    Page("inspection", get=STAFF, arguments=_shared),
    Page("inspection-run", get=STAFF, arguments=_running),
    Page("inspection-item", post=STAFF, arguments=_running_item),
    Page("inspection-item-add", post=STAFF, arguments=_running),
    Page("inspection-item-remove", post=STAFF, arguments=_extra_item),
    Page("inspection-item-media", post=STAFF, arguments=_running_item),
    Page("inspection-media-describe", get=STAFF, post=STAFF, arguments=_running_media),
    Page("inspection-media-remove", post=STAFF, arguments=_running_media),
    Page("inspection-note", post=STAFF, arguments=_running),
    Page("inspection-rest", post=STAFF, arguments=_running),
    Page("inspection-complete", post=STAFF, arguments=_running),
    Page("inspection-reopen", post=STAFF, arguments=_completed),
    Page("inspection-discard", post=STAFF, arguments=_completed),
    Page("inspection-share", get=DESK, post=DESK, arguments=_completed),
    Page("inspection-hand-over", post=DESK, arguments=_completed),
    Page("inspection-compare", get=STAFF, arguments=_shared),
    Page("inspection-compare-pdf", post=STAFF, arguments=_shared),
    Page("checklist-list", get=STAFF),
    Page("checklist-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("checklist-restore", post=MANAGEMENT),
    Page("checklist", get=MANAGEMENT, post=MANAGEMENT, arguments=_checklist),
    Page("checklist-offer", post=MANAGEMENT, arguments=_checklist),
    Page("checklist-version", get=STAFF, arguments=_checklist_version),
]


CALLS = [
    Call("api-inspection-list", get=STAFF, post=STAFF),
    Call("api-inspection-detail", get=STAFF, patch=STAFF, arguments=api("running")),
    Call("api-inspection-items", post=STAFF, arguments=api("running")),
    Call("api-inspection-item", patch=STAFF, delete=STAFF, arguments=_api_item),
    Call("api-inspection-media", post=STAFF, arguments=_api_item),
    Call("api-inspection-media-item", get=STAFF, delete=STAFF, arguments=_api_media),
    Call("api-inspection-rest", post=STAFF, arguments=api("running")),
    Call("api-inspection-complete", post=STAFF, arguments=api("running")),
    Call("api-inspection-reopen", post=STAFF, arguments=api("completed")),
    Call("api-inspection-discard", post=STAFF, arguments=api("completed")),
    Call("api-inspection-share", post=DESK, arguments=api("completed")),
    Call("api-inspection-reshare", post=DESK, arguments=api("shared")),
    Call("api-inspection-pdf", get=STAFF, arguments=api("shared")),
    Call("api-inspection-signed-pdf", get=STAFF, arguments=api("acknowledged")),
    Call("api-checklist-list", get=STAFF),
    Call("api-checklist-detail", get=STAFF, arguments=api("checklist")),
]


BEHIND_LINKS = [
    _behind_inspection("", get=True),
    _behind_inspection("-sign", get=True, post=True),
    _behind_inspection("-files", get=True, post=True),
    _behind_inspection("-file-remove", get=True, post=True, arguments=_own_photo),
    _behind_inspection("-file", get=True, arguments=photo),
    _behind_inspection("-displayed", post=True),
    _behind_inspection("-pdf", get=True),
    _behind_inspection("-signed", get=True),
]
