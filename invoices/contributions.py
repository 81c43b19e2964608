"""What invoices add to the kernel's pages: ways in, search, agenda, panels, sentences."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from invoices import wordings
from shopdisputes.actors import DESK
from shopdisputes.web.contributions import Contribution, NavigationEntry, Step

contribution = Contribution(
    navigation=(
        NavigationEntry(_("Invoices"), "invoice-list", "file-invoice", position=30, shortcut="g i"),
        NavigationEntry(_("Payments"), "payment-list", "cash", DESK, 35, shortcut="g p"),
        NavigationEntry(
            pgettext_lazy("navigation", "Bank"), "bank-import-list", "building-bank", DESK, 36
        ),
        NavigationEntry(_("Reports"), "reports", "chart-bar", DESK, 65),
    ),
    steps=(
        Step(_("Invoiced"), frozenset({"invoice.issued"}), position=92),
        Step(_("Paid"), frozenset({"invoice.paid"}), position=94),
        Step(_("Handed over"), frozenset({"vehicle.handed_over"}), position=96),
    ),
    sentences=wordings.SENTENCES,
)
