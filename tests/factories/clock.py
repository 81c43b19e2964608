"""The moment at which tests happen."""

from datetime import UTC, datetime

#: A Monday morning: 10:30 in Paris, winter time. The clock of every test stands here unless the
#: test moves it or is marked ``browser``, ``drill`` or ``real_clock``.
NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
