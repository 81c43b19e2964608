"""A POST that may be repeated: the same ``Idempotency-Key`` acts once and answers alike."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from shopdisputes.api.models import IdempotencyRecord
from shopdisputes.canonical import canonical_json, sha256_hex
from shopdisputes.errors import Refused
from shopdisputes.uploads.handlers import HashedUpload

HEADER = "Idempotency-Key"
#: Tells a program that nothing happened this time.
REPLAYED_HEADER = "Idempotency-Replayed"
LONGEST_KEY = 100

Handler = Callable[..., Response]


class KeyReused(Refused):
    """The key stands for another request."""

    code: ClassVar[str] = "idempotency-key-reused"
    default_message = _("This Idempotency-Key was used for another request.")


def idempotent(handler: Handler) -> Handler:
    """Let a view's method run once a key; a repetition gets the first answer.

    The record is written in the transaction of the effect, so there is never one without the
    other. Of two at once the second waits at the unique row until the first is through. What the
    business refuses is not kept: the same key may be tried again with what was missing.
    """

    @wraps(handler)
    def guarded(self: Any, request: Request, /, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(self, request, *args, **kwargs)
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise ParseError(_("An Idempotency-Key has 1 to 100 printable ASCII characters."))
        mine = IdempotencyRecord(
            shop=self.shop,
            user=self.admission.token.user,
            key=key,
            request_sha256=_fingerprint(request),
            status=0,
            body={},
            created_at=timezone.now(),
        )
        records = IdempotencyRecord.objects.for_shop(self.shop)
        with transaction.atomic():
            IdempotencyRecord.objects.bulk_create([mine], ignore_conflicts=True)
            kept = records.get(user=mine.user, key=key)
            if kept.pk != mine.pk:
                return _replay(kept, request_sha256=mine.request_sha256)
            response = handler(self, request, *args, **kwargs)
            records.filter(pk=mine.pk).update(
                status=response.status_code, body=_plain(response.data)
            )
        return response

    return guarded


def _replay(kept: IdempotencyRecord, *, request_sha256: str) -> Response:
    if kept.request_sha256 != request_sha256:
        raise KeyReused
    return Response(kept.body, status=kept.status, headers={REPLAYED_HEADER: "true"})


def _plain(data: Any) -> Any:
    """Return an answer's data as it was written to the wire."""
    return json.loads(JSONRenderer().render(data))


def _fingerprint(request: Request) -> str:
    """Return a hash that is equal for equal requests; the order of JSON's names is nothing."""
    data = request.data
    if hasattr(data, "lists"):
        data = {name: [_described(value) for value in values] for name, values in data.lists()}
    # Half a character has no bytes of its own; whether it may stand there the call will say.
    facts = canonical_json([request.method, request.path, data])
    return sha256_hex(facts.encode(errors="surrogatepass"))


def _described(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    # Reckoned while the bytes arrived: a video is not read a second time for this.
    upload = HashedUpload.of(value)
    return {"name": upload.name, "size": upload.size, "sha256": upload.sha256}
