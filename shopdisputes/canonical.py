"""One way to write facts down as bytes, so that a hash of them can be computed again."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical_json(facts: Any) -> str:
    """Return ``facts`` as JSON with sorted keys and no spaces; equal facts give equal text.

    Decimals, dates and UUIDs are written as strings.
    """
    return json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder
    )


def sha256_hex(content: str | bytes) -> str:
    """Return the SHA-256 of a text (as UTF-8) or of bytes, as 64 hexadecimal digits."""
    if isinstance(content, str):
        content = content.encode()
    return hashlib.sha256(content).hexdigest()
