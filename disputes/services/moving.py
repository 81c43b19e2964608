"""Moving a locked case from one state to another."""

from disputes.models import DisputeCase


def move(case: DisputeCase, status: str, **changes: object) -> None:
    """Write the new state of a locked case, and what goes with it, to its row and to ``case``."""
    DisputeCase.objects.filter(pk=case.pk, status=case.status).update(status=status, **changes)
    for name, value in {"status": status, **changes}.items():
        setattr(case, name, value)
