"""Holders of a link to an inspection, and what they send through its pages, for tests of these."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inspections.models import Inspection
from inspections.services import sharing
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from tests import media
from tests.factories import InspectionFactory
from tests.inspections.stages import DESK, item_of

NAME = "Camille Durand"


@dataclass
class Holder:
    """Who holds a link, and what it opens."""

    inspection: Inspection
    link: AccessLink
    browser: Client

    @property
    def url(self) -> str:
        """The page behind the link."""
        return f"/c/inspection/{token_of(self.link)}/"

    def at(self, name: str, *arguments: object) -> str:
        """One of the pages below it."""
        return reverse(f"public-inspection-{name}", args=[token_of(self.link), *arguments])

    def remark(self, key: str, text: str) -> dict[str, str]:
        """A remark about the item with this pair key, as it stands in the form."""
        return {f"r{item_of(self.inspection, key).position}": text}

    def files_field(self, key: str) -> str:
        """The name of the field for files about the item with this pair key."""
        return f"f{item_of(self.inspection, key).position}"

    def typed(self, answer: str, **other: str) -> dict[str, str]:
        """The form of the last page, filled in by hand, without a drawing."""
        return {
            "answer": answer,
            "inspection_sha256": self.inspection.sha256,
            "signer_timezone": "Europe/Paris",
            "consent": "on",
            "signer_name": NAME,
        } | other

    def send(self, field: str, *uploads: SimpleUploadedFile, **options: Any) -> Any:
        """Send files as the page's script does."""
        headers = {"Accept": "application/json"}
        return self.browser.post(self.at("files"), {field: list(uploads)}, headers=headers)


def photo(name: str = "scratch.jpg") -> SimpleUploadedFile:
    """A photo from the customer's phone."""
    return SimpleUploadedFile(name, media.jpeg(64, 48, comment=name.encode()), "image/jpeg")


def holder_of(inspection: Inspection) -> Holder:
    """The customer with the newest link that was mailed."""
    links = AccessLink.objects.filter(target_id=inspection.pk, purpose=LinkPurpose.INSPECTION)
    return Holder(inspection, links.order_by("-created_at")[0], Client())


def share_inspection(**options: Any) -> Holder:
    """An inspection of ``WALK``, shared by mail."""
    return holder_of(InspectionFactory(shared=True, **options))


def on_the_tablet(inspection: Inspection) -> Holder:
    """The customer in front of the shop's own tablet."""
    link = sharing.hand_over(inspection=inspection, by=DESK, at=timezone.now())
    return Holder(Inspection.objects.get(pk=inspection.pk), link, Client())
