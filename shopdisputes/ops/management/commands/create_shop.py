"""Open a shop from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shopdisputes.actors import Actor, Role
from shopdisputes.errors import DomainError
from shopdisputes.ops.services import opening

ADMINISTRATOR = Actor(role=Role.ADMINISTRATOR, name="manage.py create_shop")


class Command(BaseCommand):
    """Print the new shop's short name."""

    help = "Creates a shop with its ready-made texts and its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="short name, as in main-street")
        parser.add_argument("--country", required=True, help="two letters, as in FR")
        parser.add_argument("--currency", required=True, help="three letters, as in EUR")
        parser.add_argument("--timezone", required=True, help="as in Europe/Paris")
        parser.add_argument(
            "--language", required=True, choices=[code for code, _name in settings.LANGUAGES]
        )
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-password", required=True)
        parser.add_argument("--owner-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            shop = opening.open_shop(
                name=options["name"],
                slug=options["slug"],
                country=options["country"].upper(),
                currency=options["currency"].upper(),
                timezone=options["timezone"],
                language=options["language"],
                owner_email=options["owner_email"],
                owner_password=options["owner_password"],
                owner_name=options["owner_name"],
                by=ADMINISTRATOR,
                at=timezone.now(),
            )
        except ValidationError as error:
            sentences = [
                f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()
            ]
            raise CommandError("\n".join(sentences)) from error
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(shop.slug)
