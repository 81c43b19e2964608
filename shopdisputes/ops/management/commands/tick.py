"""Runs the whole clockwork once, in this process."""

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shopdisputes.celery import app


class Command(BaseCommand):
    """Run every periodic job once, in order; print one JSON line a job."""

    help = "Run every periodic job once, in order; print one JSON line a job."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", help="the moment to act for, ISO 8601 with an offset; now when left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = _moment(options["at"]).isoformat()
        # The registry is filled by a worker's start; here nothing else has filled it.
        app.loader.import_default_modules()
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            counts = app.tasks[entry["task"]].run(at=at)
            self.stdout.write(json.dumps({"job": name, "at": at, "counts": counts}))


def _moment(text: str | None) -> datetime:
    if text is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"--at: {problem}") from problem
    if moment.tzinfo is None:
        raise CommandError("--at needs an offset, as in 2026-03-01T09:00:00+00:00")
    return moment.astimezone(UTC)
