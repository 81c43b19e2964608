"""Load the demo shops; a second run leaves them as they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import telling
from shopdisputes.shops.models import Shop


class Command(BaseCommand):
    """Tells the stories of the demo shops, or finds them told, and prints the log-ins."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not telling.is_told():
            # Not one transaction: codes by e-mail count their tries in transactions of their own.
            if Shop.objects.filter(slug=telling.SLUG).exists():
                raise CommandError(
                    "The demo shop was loaded only in part. Delete the demo folder and start again."
                )
            telling.tell(at=timezone.now())
        self.stdout.write(f"Log in with the password  {telling.PASSWORD}")
        for email, name, role, _language in telling.PEOPLE:
            self.stdout.write(f"  {email:<26} {role.label}: {name}")
        self.stdout.write(f"  {telling.ADMINISTRATOR:<26} Django admin, at /admin/")
