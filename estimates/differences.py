"""What changed from one revision to another, for who has read the earlier one."""

from dataclasses import dataclass
from decimal import Decimal

from estimates.models import EstimateLine, EstimateRevision


@dataclass(frozen=True, kw_only=True)
class ChangedLine:
    """A line that lives on with other words or another price; ``fields`` names what differs."""

    old: EstimateLine
    new: EstimateLine
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Everything that a further revision changes. Totals include tax."""

    added: tuple[EstimateLine, ...]
    removed: tuple[EstimateLine, ...]
    changed: tuple[ChangedLine, ...]
    unchanged: tuple[EstimateLine, ...]
    old_total: Decimal
    new_total: Decimal

    @property
    def any(self) -> bool:
        """Whether a line was added, removed or changed."""
        return bool(self.added or self.removed or self.changed)


def between(old: EstimateRevision, new: EstimateRevision) -> Differences:
    """Compare two revisions of one estimate, line by line, in the order of the new one."""
    before = {line.key: line for line in old.lines.in_order()}
    after = list(new.lines.in_order())
    kept = [(before[line.key], line) for line in after if line.key in before]
    proposed = {line.key for line in after}
    return Differences(
        added=tuple(line for line in after if line.key not in before),
        removed=tuple(line for key, line in before.items() if key not in proposed),
        changed=tuple(
            ChangedLine(old=line, new=now, fields=now.differences_from(line))
            for line, now in kept
            if not now.says_the_same_as(line)
        ),
        unchanged=tuple(now for line, now in kept if now.says_the_same_as(line)),
        old_total=old.total,
        new_total=new.total,
    )
