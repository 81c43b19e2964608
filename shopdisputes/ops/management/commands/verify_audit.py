"""Checks the audit trail of every shop."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shopdisputes.audit import services as audit
from shopdisputes.shops.models import Shop


class Command(BaseCommand):
    """Verify the chain of audit events; exit with 1 when an event was changed or is missing."""

    help = "Verify the audit chain of every shop (or of one); exit 1 when it is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shop", help="the short name of one shop")

    def handle(self, *args: Any, **options: Any) -> None:
        shops = Shop.objects.order_by("slug")
        if options["shop"]:
            shops = shops.filter(slug=options["shop"])
            if not shops.exists():
                raise CommandError(f"There is no shop {options['shop']!r}.")
        broken = 0
        for shop in shops:
            problems = 0
            for problem in audit.broken_events(shop):
                problems += 1
                self.stderr.write(problem)
            self.stdout.write(f"{shop.slug}: {'broken' if problems else 'intact'}")
            broken += problems
        if broken:
            sys.exit(1)
