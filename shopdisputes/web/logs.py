"""Logs that can be shown to anybody: tokens of links and of the API never stand in them."""

import logging
import re

#: The token part of a customer's or resolver's address, and an API key in a header.
_SECRETS = re.compile(r"(/(?:c/[a-z-]+|r)/)[A-Za-z0-9_=-]{8,}\.[A-Za-z0-9_=-]{20,}|(Token )\S+")


def scrub(text: str) -> str:
    """Return ``text`` with the secrets of addresses and headers taken out."""
    return _SECRETS.sub(lambda found: (found.group(1) or found.group(2)) + "…", text)


class ScrubTokens(logging.Filter):
    """Takes secrets out of every record before a handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = scrub(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        return True
