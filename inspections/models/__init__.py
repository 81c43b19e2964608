"""Checklists, inspections with their files, and the customers' answers."""

from inspections.models.acknowledgements import Acknowledgement, ItemRemark, RemarkFile
from inspections.models.checklists import (
    THRESHOLDS,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    ItemDefinition,
)
from inspections.models.inspections import (
    Inspection,
    InspectionItem,
    InspectionItemQuerySet,
    InspectionQuerySet,
    ItemMedia,
)

__all__ = [
    "THRESHOLDS",
    "Acknowledgement",
    "Checklist",
    "ChecklistItem",
    "ChecklistVersion",
    "Inspection",
    "InspectionItem",
    "InspectionItemQuerySet",
    "InspectionQuerySet",
    "ItemDefinition",
    "ItemMedia",
    "ItemRemark",
    "RemarkFile",
]
