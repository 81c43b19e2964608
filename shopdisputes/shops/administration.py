"""What the parts' admin modules share: administrators read everything and change little.

Business facts have one door, the services, which lock, number, hash and audit them; the Django
admin would go around it.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model


class ReadOnly:
    """Lets administrators look, and nothing else. Goes before ``ModelAdmin`` or an inline."""

    def has_add_permission(self, request: Any, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """A model that can be searched and read."""

    #: A list that counts a million rows for its footer is slow for nothing.
    show_full_result_count = False
    list_per_page = 50
