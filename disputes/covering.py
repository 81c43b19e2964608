"""How well the contested lines stand: by what each was billed, authorized, announced and done.

Read from what was frozen when the invoice was issued, beside the photos of the place concerned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext, ngettext

from disputes.models import DisputeCase, DisputeItem
from disputes.states import Coverage, ItemState, ReasonCode
from estimates.models import Authorization
from estimates.states import LineKind
from inspections.models import ItemMedia
from inspections.states import InspectionStatus, Stage
from invoices.basis import needs_announcement
from invoices.models import InvoiceLine
from invoices.states import Gap, WorkState
from shopdisputes.dates import format_day, local_day
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.money import format_money

#: About these nobody can be convinced without a picture.
_NEED_PHOTOS = frozenset(
    {ReasonCode.NOT_DONE, ReasonCode.BADLY_DONE, ReasonCode.DAMAGE, ReasonCode.WRONG_PART}
)
_SHOWN_STAGES = (Stage.CHECK_IN, Stage.CHECK_OUT)
#: What a basis says already in words of its own.
_SAID = frozenset({Gap.NOT_AUTHORIZED, Gap.ABOVE_AUTHORIZED, Gap.NOT_DISCLOSED, Gap.NOT_DONE})


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fact about a line, in words; ``ok``: it speaks for the shop.

    ``fatal``: without it the shop cannot win, whatever else there is. ``counts``: the verdict
    heeds it.
    """

    sentence: str
    ok: bool
    fatal: bool = False
    counts: bool = True


@dataclass(frozen=True, kw_only=True)
class Row:
    """A contested line and what is known of it; of a whole invoice each line is one.

    ``photos``: what inspections show of its place, as at check-in, then as at check-out.
    """

    item: DisputeItem
    line: InvoiceLine
    verdict: Coverage
    findings: tuple[Finding, ...]
    photos: tuple[ItemMedia, ...]

    @property
    def missing(self) -> list[Finding]:
        """What speaks against the shop."""
        return [finding for finding in self.findings if finding.counts and not finding.ok]


#: A place of a visit's car, as both inspections name it.
_Place = tuple[UUID, str]
#: What is shown of places at each stage.
_Photos = Mapping[_Place, Mapping[str, Sequence[ItemMedia]]]


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the findings of all lines of a case are read from."""

    case: DisputeCase
    authorizations: Mapping[str, Authorization]
    photos: _Photos


def of(case: DisputeCase) -> list[Row]:
    """Return what is contested in a case line by line, with a verdict for each.

    A running case shows what is contested at present, one that has ended what was until then.
    """
    pairs = _pairs(case)
    known = _Known(
        case=case,
        authorizations=_authorizations(line for _item, line in pairs),
        photos=_photos(pairs),
    )
    return [_row(item, line, known) for item, line in pairs]


def photos_of(case: DisputeCase) -> list[ItemMedia]:
    """Return what inspections show of the places that are contested, and nothing else."""
    return [
        media
        for stages in _photos(_pairs(case)).values()
        for of_stage in stages.values()
        for media in of_stage
    ]


def caption_of(media: ItemMedia) -> str:
    """Return what a photo of ``photos_of`` or of a row shows, and at which stage."""
    return f"{media.item} · {media.item.inspection.get_stage_display()}"


def _pairs(case: DisputeCase) -> list[tuple[DisputeItem, InvoiceLine]]:
    found = DisputeItem.objects.filter(case=case).select_related(
        "invoice__repair_order", "line__estimate_line__finding"
    )
    if case.has_ended:
        found = found.filter(state=ItemState.SETTLED, ended_at=case.closed_at)
    else:
        found = found.filter(state=ItemState.OPEN)
    items = list(found.order_by("added_at", "pk"))
    whole = [item.invoice_id for item in items if item.line is None]
    # A line that is contested by itself is not shown a second time with its invoice.
    alone = {item.line_id for item in items}
    lines: dict[UUID, list[InvoiceLine]] = defaultdict(list)
    for line in (
        InvoiceLine.objects.filter(invoice__in=whole)
        .select_related("estimate_line__finding")
        .in_order()
    ):
        if line.pk not in alone:
            lines[line.invoice_id].append(line)
    return [
        (item, line)
        for item in items
        for line in ([item.line] if item.line else lines[item.invoice_id])
    ]


def _row(item: DisputeItem, line: InvoiceLine, known: _Known) -> Row:
    findings = (
        *_billed_by(item, line, known),
        *_announced(line),
        *_done(line),
        *_gaps(line),
        *_pictures(item, line, known),
    )
    if any(finding.fatal and not finding.ok for finding in findings):
        verdict = Coverage.NONE
    elif any(finding.counts and not finding.ok for finding in findings):
        verdict = Coverage.WEAK
    else:
        verdict = Coverage.STRONG
    place = _place(item, line)
    shown = known.photos.get(place, {}) if place else {}
    photos = tuple(media for stage in _SHOWN_STAGES for media in shown.get(stage, ()))
    return Row(item=item, line=line, verdict=verdict, findings=findings, photos=photos)


def _billed_by(item: DisputeItem, line: InvoiceLine, known: _Known) -> list[Finding]:
    """Say on whose word the line stands."""
    findings = []
    given = line.basis.get("authorization")
    if given:
        findings += _authorized(item, line, given, known)
    elif line.kind == LineKind.DISCOUNT or line.net <= 0:
        words = gettext("It takes something off the bill: nobody had to authorize it.")
        findings.append(Finding(sentence=words, ok=True))
    elif line.kind == LineKind.STORAGE and line.basis.get("disclosure"):
        words = gettext("Storage stands on its notice, not on an authorization.")
        findings.append(Finding(sentence=words, ok=True, counts=False))
    else:
        words = gettext("Nobody authorized this line.")
        findings.append(Finding(sentence=words, ok=False, fatal=True))
    if line.override_reason:
        words = gettext("%(person)s let it pass: %(reason)s") % {
            "person": line.override_by,
            "reason": line.override_reason,
        }
        findings.append(Finding(sentence=words, ok=False))
    return findings


def _authorized(
    item: DisputeItem, line: InvoiceLine, given: Mapping[str, Any], known: _Known
) -> list[Finding]:
    authorization = known.authorizations.get(given["authorization"])
    how = authorization.get_mode_display() if authorization else given["mode"]
    level = EvidenceLevel(given["evidence_level"])
    words = gettext(
        "Authorized by %(person)s on %(day)s with revision %(revision)s of %(estimate)s"
        " (%(how)s, %(level)s)."
    ) % {
        "person": given["person"],
        "day": _day(given["at"], known.case),
        "revision": given["revision"],
        "estimate": given["estimate"],
        "how": how,
        "level": level.value,
    }
    findings = [Finding(sentence=words, ok=True)]
    if level == EvidenceLevel.L0:
        words = gettext("It was said, not signed: only the shop's own record of it exists.")
        findings.append(Finding(sentence=words, ok=False))
    authorized = Decimal(given["amount"])
    currency = item.invoice.currency
    amounts = {"billed": _money(line.net, currency), "authorized": _money(authorized, currency)}
    if line.net > authorized:
        words = gettext("Billed is %(billed)s before tax, authorized were %(authorized)s.")
        findings.append(Finding(sentence=words % amounts, ok=False, fatal=True))
    else:
        words = gettext("Billed is %(billed)s before tax, of %(authorized)s authorized.")
        findings.append(Finding(sentence=words % amounts, ok=True))
    return findings


def _announced(line: InvoiceLine) -> list[Finding]:
    """Say whether what must be announced was: disassembly, what it destroys, storage."""
    announced = line.basis.get("disclosure")
    if announced:
        words = gettext("It was announced beforehand, in words that the customer got.")
        return [Finding(sentence=words, ok=True)]
    if line.kind == LineKind.STORAGE or needs_announcement(line):
        words = gettext("It was not announced before.")
        return [Finding(sentence=words, ok=False, fatal=line.kind == LineKind.STORAGE)]
    return []


def _done(line: InvoiceLine) -> list[Finding]:
    work = line.basis.get("work")
    if line.kind in {LineKind.STORAGE, LineKind.DISCOUNT} or line.net <= 0:
        return []
    if work is None or work.get("stated"):
        words = gettext("Nobody noted the work when it was done: only the bill states it.")
        return [Finding(sentence=words, ok=False)]
    if work["state"] != WorkState.DONE:
        words = gettext("The work is noted as: %(state)s.")
        return [Finding(sentence=words % {"state": WorkState(work["state"]).label}, ok=False)]
    words = gettext("%(person)s noted the work as done.") % {"person": work["updated_by"]}
    findings = [Finding(sentence=words, ok=True)]
    if work.get("proofs"):
        words = gettext("The supplier's proof is with it.")
        findings.append(Finding(sentence=words, ok=True))
    return findings


def _gaps(line: InvoiceLine) -> list[Finding]:
    """Say what else was missing when it was issued."""
    return [
        Finding(sentence=str(Gap(gap).label), ok=False)
        for gap in line.gaps
        if gap in Gap.values and gap not in _SAID
    ]


def _pictures(item: DisputeItem, line: InvoiceLine, known: _Known) -> list[Finding]:
    """Say which photos show the place that the line is about, before and after."""
    needed = known.case.reason.code in _NEED_PHOTOS
    place = _place(item, line)
    if place is None:
        if not needed or line.net <= 0:
            return []
        words = gettext("No inspection shows the place that this line is about.")
        return [Finding(sentence=words, ok=False)]
    seen = line.estimate_line.finding if line.estimate_line else None
    shown = known.photos.get(place, {})
    findings = []
    for stage in _SHOWN_STAGES:
        count = len(shown.get(stage, ()))
        words = ngettext(
            "%(place)s: %(count)d photo at %(stage)s.",
            "%(place)s: %(count)d photos at %(stage)s.",
            count,
        ) % {"place": seen, "count": count, "stage": stage.label}
        findings.append(Finding(sentence=words, ok=bool(count), counts=needed))
    return findings


def _authorizations(lines: Iterable[InvoiceLine]) -> dict[str, Authorization]:
    wanted = {
        given["authorization"] for line in lines if (given := line.basis.get("authorization"))
    }
    return {str(row.pk): row for row in Authorization.objects.filter(pk__in=wanted)}


def _place(item: DisputeItem, line: InvoiceLine) -> _Place | None:
    seen = line.estimate_line.finding if line.estimate_line else None
    if seen is None or not seen.pair_key:
        return None
    return item.invoice.repair_order_id, seen.pair_key


def _photos(pairs: Iterable[tuple[DisputeItem, InvoiceLine]]) -> _Photos:
    """Read what is shown of the places that lines are about, at each stage."""
    wanted = {place for item, line in pairs if (place := _place(item, line))}
    found: dict[_Place, dict[str, list[ItemMedia]]] = defaultdict(lambda: defaultdict(list))
    if not wanted:
        return found
    media = (
        ItemMedia.objects.shown()
        .filter(
            item__inspection__repair_order__in={visit for visit, _key in wanted},
            item__inspection__stage__in=_SHOWN_STAGES,
            item__pair_key__in={key for _visit, key in wanted},
        )
        .exclude(item__inspection__status=InspectionStatus.DISCARDED)
        .select_related("file__intake", "item__inspection")
    )
    for each in media:
        inspection = each.item.inspection
        place = inspection.repair_order_id, each.item.pair_key
        if place in wanted:
            found[place][inspection.stage].append(each)
    return found


def _day(moment: str, case: DisputeCase) -> str:
    day = local_day(datetime.fromisoformat(moment), zone=case.shop.zone)
    return format_day(day, language=get_language() or "en")


def _money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency=currency, language=get_language() or "en")
