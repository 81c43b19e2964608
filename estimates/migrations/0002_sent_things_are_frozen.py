from django.db import migrations

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    dependencies = [("estimates", "0001_initial")]

    operations = [
        ForbidChanges(
            "EstimateRevision",
            frozen_when="OLD.status <> 'draft'",
            except_columns=(
                "status",
                "sent_to",
                "answered_at",
                "reminded_at",
                "call_requested_at",
                "call_note",
                "call_done_at",
                "paper_requested_at",
            ),
        ),
        ForbidChanges(
            "EstimateLine",
            frozen_when=(
                "EXISTS (SELECT 1 FROM estimates_estimaterevision revision"
                " WHERE revision.id = OLD.revision_id AND revision.status <> 'draft')"
            ),
        ),
        ForbidChanges("Authorization"),
        ForbidChanges("LineAnswer"),
    ]
