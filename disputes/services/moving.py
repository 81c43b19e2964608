"""Moving a locked case from one state to another, and into the hands of somebody."""

from disputes.models import DisputeCase, FollowUp
from disputes.states import FollowUpStatus
from shopdisputes.actors import DESK, Actor


def move(case: DisputeCase, status: str, **changes: object) -> None:
    """Write the new state of a locked case, and what goes with it, to its row and to ``case``."""
    DisputeCase.objects.filter(pk=case.pk, status=case.status).update(status=status, **changes)
    for name, value in {"status": status, **changes}.items():
        setattr(case, name, value)


def take_on(*, case: DisputeCase, by: Actor) -> None:
    """Let whoever of the desk acts look after a locked case, as long as nobody does.

    Its open follow-ups that are nobody's become his.
    """
    if case.owner_id is not None or by.user_id is None or by.role not in DESK:
        return
    case.owner_id = by.user_id
    case.save(update_fields=["owner"])
    FollowUp.objects.filter(case=case, person=None, status=FollowUpStatus.OPEN).update(
        person_id=by.user_id
    )
