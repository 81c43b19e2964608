"""Health: is it alive, and does it get on with its work?"""

from collections.abc import Mapping

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shopdisputes.documents import progress as documents
from shopdisputes.outbox import progress as emails
from shopdisputes.uploads import progress as files
from shopdisputes.web.contributions import contributions

#: Work that waits longer than this means that the clockwork stands still.
LATE_AFTER_SECONDS = 600.0


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Say ``ok`` when this process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database away", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """Say how old the oldest due work is; 503 when the clockwork has not touched it for long.

    "A process is up" proves nothing: a worker may be up and stuck.
    """
    at = timezone.now()
    try:
        queues: dict[str, Mapping[str, float]] = {
            "emails": emails.backlog(at=at),
            "documents": documents.backlog(at=at),
            "files": files.backlog(at=at),
        }
        for part in contributions():
            queues |= {name: backlog(at) for name, backlog in part.backlogs.items()}
    except DatabaseError:
        return JsonResponse({"ok": False, "reason": "database away"}, status=503)
    ok = all(queue["oldest_due_seconds"] <= LATE_AFTER_SECONDS for queue in queues.values())
    return JsonResponse({"ok": ok, "at": at.isoformat(), **queues}, status=200 if ok else 503)
