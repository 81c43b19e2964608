"""How strong the proof of a customer's act is."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EvidenceLevel(TextChoices):
    """The level reached is printed on the certificate and never claims more than was done."""

    L0 = "L0", _("L0 — oral, confirmed in writing")
    L1 = "L1", _("L1 — typed name")
    L2 = "L2", _("L2 — drawn signature")
    L3 = "L3", _("L3 — signature and a code by e-mail")
    L5 = "L5", _("L5 — signed on paper")
