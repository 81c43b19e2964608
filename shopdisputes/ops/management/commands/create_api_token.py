"""Make an API token from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shopdisputes.accounts import services as accounts
from shopdisputes.accounts.models import User
from shopdisputes.actors import Actor, Role
from shopdisputes.errors import DomainError
from shopdisputes.shops.models import Shop

ADMINISTRATOR = Actor(role=Role.ADMINISTRATOR, name="manage.py create_api_token")


class Command(BaseCommand):
    """Print the key and nothing else, so that scripts can use it; it is shown this once."""

    help = "Prints a new API token for a user in a shop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--shop", required=True, help="the shop's short name")
        parser.add_argument("--label", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"Nobody logs in as {options['email']}.")
        shop = Shop.objects.filter(slug=options["shop"]).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}.")
        try:
            _token, key = accounts.create_token(
                user=user, shop=shop, label=options["label"], by=ADMINISTRATOR, at=timezone.now()
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(key)
