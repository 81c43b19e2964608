from django.db import migrations

from shopdisputes.immutability import ForbidChanges

_INSPECTION_IS_DONE = (
    "EXISTS (SELECT 1 FROM inspections_inspection inspection"
    " WHERE inspection.id = OLD.inspection_id AND inspection.status <> 'in_progress')"
)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [
        ForbidChanges("ChecklistVersion"),
        ForbidChanges("ChecklistItem"),
        ForbidChanges(
            "Inspection",
            frozen_when="OLD.status NOT IN ('in_progress', 'completed')",
            except_columns=(
                "status",
                "report_id",
                "message",
                "shared_at",
                "sent_to",
                "answer_by",
                "answered_at",
                "cited_at",
            ),
        ),
        ForbidChanges("InspectionItem", frozen_when=_INSPECTION_IS_DONE),
        ForbidChanges(
            "ItemMedia",
            frozen_when=(
                "EXISTS (SELECT 1 FROM inspections_inspectionitem item"
                " JOIN inspections_inspection inspection ON inspection.id = item.inspection_id"
                " WHERE item.id = OLD.item_id AND inspection.status <> 'in_progress')"
            ),
        ),
        ForbidChanges("Acknowledgement", except_columns=("document_id",)),
        ForbidChanges("ItemRemark"),
        ForbidChanges("RemarkFile", frozen_when="OLD.acknowledgement_id IS NOT NULL"),
    ]
