"""What a customer's answer to an inspection must have before it is signed."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inspections.models import Inspection
from inspections.states import AcknowledgementAnswer
from shopdisputes.errors import Refused
from shopdisputes.signing import services as signing

LONGEST_REMARKS = 4000
LONGEST_ITEM_REMARK = 2000
_LONGEST_NAME = 200
_ANSWERS = frozenset(AcknowledgementAnswer.values) - {AcknowledgementAnswer.NO_ANSWER}

Words = str | Promise


class AnswerRefused(Refused):
    """The answer is not complete; ``fields`` names everything that is wrong, by field."""

    code = "answer-refused"
    default_message = _("Your answer is not complete yet.")


class AnswerMissing(AnswerRefused):
    """None of the three answers was chosen."""

    code = "answer-missing"
    default_message = _("Please choose one of the three answers.")


class RemarksMissing(AnswerRefused):
    """With remarks, or no agreement, but nothing says why."""

    code = "remarks-missing"
    default_message = _(
        "Please say in your own words what you remark: here, or at the item itself."
    )


class RemarksWithoutSayingSo(AnswerRefused):
    """Plain agreement, but remarks were written or files added."""

    code = "remarks-without-saying-so"
    default_message = _(
        "You have added remarks or files. Choose “I agree, with remarks”, or take them away."
    )


class RemarkRefused(AnswerRefused):
    """A remark is too long or about an item of another inspection; ``fields`` by item id."""

    code = "remark-refused"


class ConsentMissing(AnswerRefused):
    """Electronic documents were not agreed to."""

    code = "consent-missing"
    default_message = _("Please agree to electronic documents, or ask us for paper.")


class NameMissing(AnswerRefused):
    """A drawing without a name says nothing."""

    code = "name-missing"
    default_message = _("Please write your full name.")


class SignatureMissing(AnswerRefused):
    """Neither a name was typed nor a signature drawn."""

    code = "signature-missing"
    default_message = _("Please type your name or draw your signature.")


def tidy(text: str) -> str:
    """Return a remark without the blanks around it and with plain line ends."""
    return text.replace("\r\n", "\n").strip()


def check(
    inspection: Inspection,
    *,
    answer: str,
    remarks: str,
    item_remarks: Mapping[UUID, str],
    files: int,
    name: str,
    drawn: bool,
    consent: bool,
) -> None:
    """Find everything that is wrong at once; the first kind of problem names the error.

    Raises:
        AnswerRefused: one of its kinds.
    """
    problems: list[tuple[type[AnswerRefused], Mapping[str, Words]]] = []
    try:
        check_remarks(answer, any_given=bool(remarks or item_remarks or files))
    except AnswerRefused as problem:
        problems.append((type(problem), problem.fields))
    if wrong := _wrong_remarks(inspection, remarks, item_remarks):
        problems.append((RemarkRefused, wrong))
    if not consent:
        problems.append((ConsentMissing, {"consent": ConsentMissing.default_message}))
    if not signing.is_readable(name):
        kind = NameMissing if drawn else SignatureMissing
        problems.append((kind, {"signer_name": kind.default_message}))
    if len(name) > _LONGEST_NAME:
        problems.append((NameMissing, {"signer_name": _("At most 200 characters.")}))
    if problems:
        fields: dict[str, Words] = {}
        for _kind, found in problems:
            fields |= found
        raise problems[0][0](fields=fields)


def check_remarks(answer: str, *, any_given: bool) -> None:
    """Let the answer and what was added say the same.

    Raises:
        AnswerMissing: it is none of the three, at ``answer``.
        RemarksMissing: it speaks of remarks that are not there, at ``remarks``.
        RemarksWithoutSayingSo: there are remarks of which it says nothing, at ``answer``.
    """
    if answer not in _ANSWERS:
        raise AnswerMissing(fields={"answer": AnswerMissing.default_message})
    agrees = answer == AcknowledgementAnswer.AGREE
    if agrees and any_given:
        raise RemarksWithoutSayingSo(fields={"answer": RemarksWithoutSayingSo.default_message})
    if not agrees and not any_given:
        raise RemarksMissing(fields={"remarks": RemarksMissing.default_message})


def _wrong_remarks(
    inspection: Inspection, remarks: str, item_remarks: Mapping[UUID, str]
) -> dict[str, Words]:
    known = set(inspection.items.values_list("pk", flat=True)) if item_remarks else set()
    wrong: dict[str, Words] = {}
    if len(remarks) > LONGEST_REMARKS:
        wrong["remarks"] = _("At most 4000 characters.")
    for item_id, text in item_remarks.items():
        if item_id not in known:
            wrong[str(item_id)] = _("This item is not part of the inspection.")
        elif len(text) > LONGEST_ITEM_REMARK:
            wrong[str(item_id)] = _("At most 2000 characters.")
    return wrong
