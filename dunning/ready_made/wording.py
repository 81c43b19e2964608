"""What a ready-made text is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """What a text says."""

    subject: str
    body: str
