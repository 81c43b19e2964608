"""What each of a customer's pages shows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from inspections.comparing import Pair
from inspections.models import Acknowledgement, Inspection, InspectionItem, RemarkFile
from inspections.public_forms import CHOICES, REMARKS, REMARKS_FILES, AnswerForm, SignForm
from inspections.public_pages import items as parts
from inspections.public_pages.items import FileShown, OwnFiles
from inspections.services import answering
from inspections.states import AcknowledgementAnswer, ItemKind, Stage
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.signing import texts
from shopdisputes.uploads import logos
from shopdisputes.uploads.models import StoredFile
from shopdisputes.uploads.services import LARGEST_MEDIA
from shopdisputes.web.files import ORIGINAL, THUMBNAIL, WEB, FileUrls


def address(name: str, link: AccessLink, *arguments: object) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    route = f"public-inspection-{name}" if name else "public-inspection"
    return reverse(route, args=[token_of(link), *arguments])


def addresses_behind(link: AccessLink) -> parts.Addresses:
    """Return where the holder of a link finds files."""

    def urls(stored: StoredFile) -> FileUrls:
        web, thumbnail, original = (
            address("file", link, stored.pk, variant) for variant in (WEB, THUMBNAIL, ORIGINAL)
        )
        return FileUrls(web=web, thumbnail=thumbnail, original=original)

    return urls


def question_page(
    link: AccessLink,
    inspection: Inspection,
    items: Sequence[InspectionItem],
    *,
    form: AnswerForm,
    problems: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the page shows on which the inspection is read and answered.

    ``problems`` say by field what was wrong with a file that was sent.
    """
    problems = problems or {}
    own_files = _own_files(link)
    pairs = parts.pairs_of(inspection)
    shown = _items(link, items, pairs, form=form, problems=problems, own_files=own_files)
    return _frame(link, inspection, items) | {
        "form": form,
        "items": shown,
        "sections": parts.by_section(shown),
        "summary": parts.summary_of(shown, pairs=pairs),
        "is_compared": bool(pairs),
        "remarks": form.data.get(REMARKS, ""),
        "own": OwnFiles(position=0, files=own_files.get(None, ())),
        "remarks_files_field": REMARKS_FILES,
        "remarks_files_error": problems.get(REMARKS_FILES, ""),
        "problems": problems,
        "choices": CHOICES,
        "largest_bytes": LARGEST_MEDIA,
        "answerable": True,
        "sign_url": address("sign", link),
        "files_url": address("files", link),
    }


def files_part(link: AccessLink, item: InspectionItem | None) -> dict[str, Any]:
    """Return what the list of the customer's files about an item shows; None: about the whole."""
    return {
        "token": token_of(link),
        "files_url": address("files", link),
        "own": OwnFiles(
            position=item.position if item else 0,
            files=_own_files(link).get(item.pk if item else None, ()),
        ),
    }


def signing_page(
    link: AccessLink,
    inspection: Inspection,
    items: Sequence[InspectionItem],
    *,
    answers: AnswerForm,
    form: SignForm,
) -> dict[str, Any]:
    """Return what the page shows on which the exact sentence is read and signed."""
    language = translation.get_language()
    answer = answers.cleaned_data["answer"]
    own_files = _own_files(link)
    shown = _items(link, items, (), form=answers, own_files=own_files)
    consent = answering.consent_text(inspection, language)
    return _frame(link, inspection, items) | {
        "form": form,
        "answer": answer,
        "answer_label": _label_of(answer),
        "remarks": answers.cleaned_data[REMARKS],
        "said_items": [
            {"item": each.item, "text": each.remark.strip(), "own_files": each.own.files}
            for each in shown
            if each.remark.strip() or each.own.files
        ],
        "remarks_files": own_files.get(None, ()),
        "carried": [(name, answers.data.get(name, "")) for name in answers.fields],
        "sentence": answering.sentence_for(inspection, answer, language).words,
        "consent_text": texts.render(consent, shop=inspection.shop.name),
        "sign_url": address("sign", link),
    }


def answered_page(
    link: AccessLink, inspection: Inspection, items: Sequence[InspectionItem]
) -> dict[str, Any]:
    """Return what the page shows once the customer has answered."""
    acknowledgement = signed_answer(inspection)
    own_files = _own_files(link)
    pairs = parts.pairs_of(inspection)
    shown = _items(link, items, pairs, form=AnswerForm(items=items), own_files={})
    said = (
        dict(acknowledgement.item_remarks.values_list("item_id", "text")) if acknowledgement else {}
    )
    copy = acknowledgement.document if acknowledgement else None
    customer = inspection.repair_order.customer
    return _frame(link, inspection, items) | {
        "answerable": False,
        "acknowledgement": acknowledgement,
        "answer_label": _label_of(acknowledgement.answer) if acknowledgement else "",
        "said_items": [
            {
                "item": each.item,
                "text": said.get(each.item.pk, ""),
                "own_files": own_files.get(each.item.pk, ()),
            }
            for each in shown
            if each.item.pk in said or each.item.pk in own_files
        ],
        "remarks_files": own_files.get(None, ()),
        "sections": parts.by_section(shown),
        "summary": parts.summary_of(shown, pairs=pairs),
        "is_compared": bool(pairs),
        "copy_ready": is_ready(copy),
        "copy_goes_to": link.recipient or customer.email,
    }


def closed_page(link: AccessLink, inspection: Inspection) -> dict[str, Any]:
    """Return what the page shows when there is nothing to look at."""
    return _frame(link, inspection, ()) | {"answerable": False}


def signed_answer(inspection: Inspection) -> Acknowledgement | None:
    """Return the customer's signed answer, if there is one."""
    return (
        Acknowledgement.objects.for_shop(inspection.shop)
        .filter(inspection=inspection, signature__isnull=False)
        .with_copy()
        .first()
    )


def is_ready(document: Document | None) -> bool:
    """Say whether a document can be given out."""
    return document is not None and document.status == DocumentStatus.READY


def _items(
    link: AccessLink,
    items: Sequence[InspectionItem],
    pairs: Sequence[Pair],
    *,
    form: AnswerForm,
    problems: Mapping[str, str] | None = None,
    own_files: Mapping[UUID | None, Sequence[FileShown]],
) -> list[parts.ItemShown]:
    return parts.shown_items(
        items,
        form=form,
        problems=problems or {},
        own_files=own_files,
        pairs=pairs,
        addresses=addresses_behind(link),
    )


def _label_of(answer: str) -> str | Promise:
    """Return an answer in the customer's own voice."""
    return dict(CHOICES)[AcknowledgementAnswer(answer)]


def _own_files(link: AccessLink) -> dict[UUID | None, list[FileShown]]:
    files = RemarkFile.objects.for_shop(link.shop).filter(link=link).shown()
    return parts.own_files_of(files, addresses=addresses_behind(link))


def _frame(
    link: AccessLink, inspection: Inspection, items: Sequence[InspectionItem]
) -> dict[str, Any]:
    order = inspection.repair_order
    vehicle = order.vehicle
    return {
        "link": link,
        "token": token_of(link),
        "in_person": link.purpose == LinkPurpose.INSPECTION_IN_PERSON,
        "shop": inspection.shop,
        "logo": logos.data_uri(inspection.shop),
        "inspection": inspection,
        "repair_order": order,
        "vehicle": vehicle,
        "car": f"{vehicle.make} {vehicle.model}".strip(),
        "is_check_in": inspection.stage == Stage.CHECK_IN,
        "is_check_out": inspection.stage == Stage.CHECK_OUT,
        "is_progress": inspection.stage == Stage.PROGRESS,
        "odometer": _odometer(items),
        "report_ready": is_ready(inspection.report),
    }


def _odometer(items: Sequence[InspectionItem]) -> tuple[Decimal, str] | None:
    """Return what the vehicle's odometer showed, with its unit."""
    for item in items:
        if item.kind == ItemKind.ODOMETER and item.measurement is not None:
            return item.measurement, item.unit
    return None
