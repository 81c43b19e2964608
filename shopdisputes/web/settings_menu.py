"""The sections of the settings, the apps' among the kernel's."""

from django.utils.translation import gettext_lazy as _

from shopdisputes.web.contributions import NavigationEntry, contributions

_KERNEL_ENTRIES = (
    NavigationEntry(_("Identity"), "settings", "id", position=0),
    NavigationEntry(_("Logo"), "settings-logo", "photo", position=10),
    NavigationEntry(_("Rates"), "settings-rates", "coin", position=20),
    NavigationEntry(_("Texts"), "settings-texts", "file-text", position=30),
    NavigationEntry(_("Signatures"), "settings-signatures", "signature", position=40),
    NavigationEntry(_("Links and deadlines"), "settings-links", "link", position=50),
    NavigationEntry(_("Send hours"), "settings-hours", "clock", position=60),
    NavigationEntry(_("Team"), "settings-team", "users", position=80),
    NavigationEntry(_("API tokens"), "settings-tokens", "key", position=90),
)


def sections() -> list[NavigationEntry]:
    """Return the sections in their order."""
    added = [entry for part in contributions() for entry in part.settings_entries]
    return sorted([*_KERNEL_ENTRIES, *added], key=lambda entry: entry.position)
