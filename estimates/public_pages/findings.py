"""What was seen on the car, beside the line that mends it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from estimates import findings
from estimates.models import EstimateLine
from inspections.models import InspectionItem
from inspections.public_pages.items import FileShown
from inspections.wordings import said
from shopdisputes.links.models import AccessLink
from shopdisputes.links.tokens import token_of
from shopdisputes.shops.models import Shop
from shopdisputes.uploads.models import StoredFile
from shopdisputes.web.files import ORIGINAL, THUMBNAIL, WEB, FileUrls, staff_urls


@dataclass(frozen=True, kw_only=True)
class FindingShown:
    """What was seen, with its photos, videos and PDFs."""

    item: InspectionItem
    files: Sequence[FileShown]

    @property
    def section(self) -> str:
        """Where on the car it is, as the inspection's heading says; may be empty."""
        return said(self.item.section)


def findings_on_page(
    lines: Iterable[EstimateLine], *, shop: Shop, link: AccessLink | None
) -> dict[UUID, FindingShown]:
    """Return by their id the findings that lines cite; without a link for staff's preview."""
    urls = _urls_behind(link) if link else staff_urls
    return {
        finding.pk: FindingShown(
            item=finding,
            files=[
                FileShown(
                    file=media.file,
                    urls=urls(media.file),
                    caption=media.caption,
                    name=media.name,
                )
                for media in finding.media.all()
            ],
        )
        for finding in findings.cited_by(lines, shop=shop).values()
    }


def _urls_behind(link: AccessLink) -> Callable[[StoredFile], FileUrls]:
    token = token_of(link)

    def urls(stored: StoredFile) -> FileUrls:
        web, thumbnail, original = (
            reverse("public-estimate-file", args=[token, stored.pk, variant])
            for variant in (WEB, THUMBNAIL, ORIGINAL)
        )
        return FileUrls(web=web, thumbnail=thumbnail, original=original)

    return urls
