"""Checks what must always hold across rows."""

import sys
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand

from shopdisputes.ops import invariants
from shopdisputes.web.contributions import contributions


class Command(BaseCommand):
    """Check the kernel's and the apps' invariants; exit with 1 when one is broken."""

    help = "Check everything that must hold across rows; print what does not, exit 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for sentence in chain(
            invariants.broken(), *(part.invariants() for part in contributions())
        ):
            found += 1
            self.stderr.write(sentence)
        if found:
            self.stderr.write(f"{found} broken")
            sys.exit(1)
        self.stdout.write("all invariants hold")
