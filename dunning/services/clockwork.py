"""What happens to reminders by itself: one call that may come twice, late, or from anywhere."""

from datetime import datetime

from dunning.services import clearing, planning


def run(*, at: datetime) -> dict[str, int]:
    """Hold what a person must not do any more, then plan what is due; return counts.

    ``cleared`` approvals, letters and calls were given back; for the rest see ``planning.plan``.
    """
    return {"cleared": clearing.clear(at=at), **planning.plan(at=at)}
