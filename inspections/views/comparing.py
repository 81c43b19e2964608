"""Check-in beside check-out."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from inspections import comparing, documents
from inspections.comparing import Difference
from inspections.models import Inspection
from inspections.states import Stage
from inspections.views.lookups import inspection_of
from inspections.views.shown import MediaShown, media_shown
from shopdisputes.errors import Conflict
from shopdisputes.web.lists import chips, chosen, is_comparable
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other

#: What is shown: everything, or only what is not the same any more.
SHOWN = [("differences", _("Only differences"))]


class NothingToCompare(Conflict):
    """The visit has no finished check-in and check-out yet."""

    code = "nothing-to-compare"
    default_message = _("There is nothing to compare with yet.")


@dataclass(frozen=True, kw_only=True)
class ShotShown:
    """One angle, then and now."""

    label: str
    before: list[MediaShown]
    after: list[MediaShown]


@dataclass(frozen=True, kw_only=True)
class PairShown:
    """One item, then and now."""

    pair: comparing.Pair
    shots: list[ShotShown]

    @property
    def is_difference(self) -> bool:
        """Whether somebody should look at it."""
        return self.pair.difference != Difference.SAME


@require_safe
@staff()
def compare(request: StaffRequest, number: str) -> HttpResponse:
    """Show the items of check-in and check-out in pairs, or those of ``?with=`` and this one."""
    inspection = inspection_of(request, number)
    before, after = _both(request, inspection)
    pairs = [_shown(pair) for pair in comparing.pairs(before, after)] if before and after else []
    only = bool(chosen(request, "show", SHOWN))
    return render(
        request,
        "inspections/compare.html",
        {
            "inspection": inspection,
            "order": inspection.repair_order,
            "before": before,
            "after": after,
            "sections": _by_section([each for each in pairs if each.is_difference or not only]),
            "chips": chips(request, "show", SHOWN, everything=_("Everything")),
            "only": only,
            "other": request.GET.get("with", ""),
            "counts": _counts(pairs),
        },
    )


@require_POST
@staff()
def compare_pdf(request: StaffRequest, number: str) -> HttpResponseBase:
    """Make the comparison as a PDF and go there."""
    before, after = _both(request, inspection_of(request, number))
    if before is None or after is None:
        raise NothingToCompare
    document = documents.comparison(before, after, at=timezone.now())
    return see_other("document", document.pk)


def _both(
    request: StaffRequest, inspection: Inspection
) -> tuple[Inspection | None, Inspection | None]:
    """Return check-in and check-out of the visit; of the other one the newest that is finished.

    With ``?with=`` it is compared with that finished inspection of the same vehicle.
    """
    inspections = Inspection.objects.for_shop(inspection.shop)
    other = request.GET.get("with", "")
    if other and is_comparable(other):
        same_car = inspections.finished().filter(
            repair_order__vehicle=inspection.repair_order.vehicle_id
        )
        return get_object_or_404(same_car.with_everything(), number=other), inspection
    if inspection.stage == Stage.CHECK_OUT:
        return inspections.with_everything().counterpart_of(inspection), inspection
    if inspection.stage != Stage.CHECK_IN:
        return None, None
    later = (
        inspections.finished()
        .with_everything()
        .filter(repair_order=inspection.repair_order_id, stage=Stage.CHECK_OUT)
        .order_by("-completed_at", "-number")
        .first()
    )
    return inspection, later


def _shown(pair: comparing.Pair) -> PairShown:
    return PairShown(
        pair=pair,
        shots=[
            ShotShown(
                label=shot.label,
                before=media_shown(shot.before),
                after=media_shown(shot.after),
            )
            for shot in pair.shots
        ],
    )


def _by_section(pairs: list[PairShown]) -> list[tuple[str, list[PairShown]]]:
    sections: dict[str, list[PairShown]] = {}
    for each in pairs:
        sections.setdefault(each.pair.section or gettext("Vehicle"), []).append(each)
    return list(sections.items())


def _counts(pairs: list[PairShown]) -> list[tuple[Any, str, int]]:
    """Return how many items became what: the kind of difference, its words, the number."""
    found = [
        (kind, [each for each in pairs if each.pair.difference == kind]) for kind in Difference
    ]
    return [(kind.value, str(kind.label), len(those)) for kind, those in found if those]
