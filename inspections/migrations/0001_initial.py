import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("documents", "0001_initial"),
        ("links", "0001_initial"),
        ("repairorders", "0001_initial"),
        ("shops", "0001_initial"),
        ("signing", "0001_initial"),
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checklist",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("check_in", "Check-in"),
                            ("diagnostic", "Diagnosis"),
                            ("progress", "Progress"),
                            ("check_out", "Check-out"),
                        ],
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                ("name", models.JSONField(verbose_name="name")),
                ("ready_made", models.CharField(blank=True, editable=False, max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist",
                "verbose_name_plural": "checklists",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ready_made", ""), _negated=True),
                        fields=("shop", "ready_made"),
                        name="checklist_ready_made_once_a_shop",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                (
                    "checklist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="inspections.checklist",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a checklist",
                "verbose_name_plural": "versions of checklists",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("checklist", "number"), name="checklist_version_number_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("section", models.JSONField(default=dict, verbose_name="section")),
                ("name", models.JSONField(verbose_name="name")),
                (
                    "help",
                    models.JSONField(blank=True, default=dict, verbose_name="how to look at it"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("condition", "Condition"),
                            ("measurement", "Measurement"),
                            ("vin", "VIN"),
                            ("plate", "Number plate"),
                            ("odometer", "Odometer"),
                        ],
                        default="condition",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="unit")),
                (
                    "urgent_below",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="urgent below",
                    ),
                ),
                (
                    "attention_below",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="attention below",
                    ),
                ),
                (
                    "attention_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="attention above",
                    ),
                ),
                (
                    "urgent_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="urgent above",
                    ),
                ),
                (
                    "photo_rule",
                    models.CharField(
                        choices=[
                            ("never", "Optional"),
                            ("when_not_ok", "When something is wrong"),
                            ("always", "Always"),
                        ],
                        default="never",
                        max_length=12,
                        verbose_name="photo needed",
                    ),
                ),
                (
                    "shots",
                    models.JSONField(blank=True, default=list, verbose_name="angles to photograph"),
                ),
                ("pair_key", models.CharField(blank=True, max_length=60, verbose_name="paired as")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="inspections.checklistversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of a checklist",
                "verbose_name_plural": "items of checklists",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "position"), name="checklist_item_position_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("pair_key", ""), _negated=True),
                        fields=("version", "pair_key"),
                        name="checklist_item_pair_once_a_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("check_in", "Check-in"),
                            ("diagnostic", "Diagnosis"),
                            ("progress", "Progress"),
                            ("check_out", "Check-out"),
                        ],
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("in_progress", "In progress"),
                            ("completed", "Completed"),
                            ("shared", "Waits for the customer"),
                            ("answered", "Answered"),
                            ("no_answer", "No answer by the date"),
                            ("discarded", "Discarded"),
                        ],
                        default="in_progress",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("title", models.JSONField(verbose_name="title")),
                (
                    "note",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="note for the customer"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="begun")),
                ("created_by", models.CharField(max_length=200, verbose_name="begun by")),
                (
                    "completed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="completed"),
                ),
                ("completed_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                (
                    "message",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="message to the customer"
                    ),
                ),
                (
                    "shared_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="shared"),
                ),
                (
                    "sent_to",
                    models.EmailField(
                        blank=True, editable=False, max_length=254, verbose_name="sent to"
                    ),
                ),
                ("answer_by", models.DateField(null=True, verbose_name="answer by")),
                (
                    "answered_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="answered"),
                ),
                ("cited_at", models.DateTimeField(editable=False, null=True)),
                (
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="repairorders.repairorder",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="inspections.checklistversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "indexes": [
                    models.Index(fields=["shop", "-created_at", "id"], name="inspection_newest"),
                    models.Index(
                        fields=["shop", "status", "-created_at", "id"], name="inspection_by_status"
                    ),
                    models.Index(
                        condition=models.Q(("status", "shared")),
                        fields=["answer_by"],
                        name="inspection_unanswered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="inspection_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["in_progress", "discarded"]),
                            models.Q(
                                models.Q(("sha256", ""), _negated=True),
                                ("completed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="inspection_completed_is_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["shared", "answered", "no_answer"]), _negated=True
                            ),
                            models.Q(("shared_at__isnull", False), ("answer_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="inspection_shared_has_its_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("agree", "Agrees"),
                            ("agree_with_remarks", "Agrees with remarks"),
                            ("disagree", "Does not agree"),
                            ("no_answer", "No answer"),
                        ],
                        max_length=20,
                        verbose_name="answer",
                    ),
                ),
                ("remarks", models.TextField(blank=True, max_length=4000, verbose_name="remarks")),
                (
                    "person",
                    models.CharField(blank=True, max_length=200, verbose_name="answered by"),
                ),
                (
                    "evidence_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("L0", "L0 — oral, confirmed in writing"),
                            ("L1", "L1 — typed name"),
                            ("L2", "L2 — drawn signature"),
                            ("L3", "L3 — signature and a code by e-mail"),
                            ("L5", "L5 — signed on paper"),
                        ],
                        max_length=2,
                        verbose_name="evidence level",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("recorded_by", models.CharField(max_length=200, verbose_name="recorded by")),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "signature",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgement",
                        to="signing.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "acknowledgement",
                "verbose_name_plural": "acknowledgements",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("signature__isnull", False)),
                        fields=("inspection",),
                        name="acknowledgement_signed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "no_answer")),
                        fields=("inspection",),
                        name="acknowledgement_silence_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "no_answer"), ("signature__isnull", True)),
                            models.Q(
                                models.Q(("answer", "no_answer"), _negated=True),
                                ("signature__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="acknowledgement_answers_are_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InspectionItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("section", models.JSONField(default=dict, verbose_name="section")),
                ("name", models.JSONField(verbose_name="name")),
                (
                    "help",
                    models.JSONField(blank=True, default=dict, verbose_name="how to look at it"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("condition", "Condition"),
                            ("measurement", "Measurement"),
                            ("vin", "VIN"),
                            ("plate", "Number plate"),
                            ("odometer", "Odometer"),
                        ],
                        default="condition",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=12, verbose_name="unit")),
                (
                    "urgent_below",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="urgent below",
                    ),
                ),
                (
                    "attention_below",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="attention below",
                    ),
                ),
                (
                    "attention_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="attention above",
                    ),
                ),
                (
                    "urgent_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="urgent above",
                    ),
                ),
                (
                    "photo_rule",
                    models.CharField(
                        choices=[
                            ("never", "Optional"),
                            ("when_not_ok", "When something is wrong"),
                            ("always", "Always"),
                        ],
                        default="never",
                        max_length=12,
                        verbose_name="photo needed",
                    ),
                ),
                (
                    "shots",
                    models.JSONField(blank=True, default=list, verbose_name="angles to photograph"),
                ),
                ("pair_key", models.CharField(blank=True, max_length=60, verbose_name="paired as")),
                ("is_extra", models.BooleanField(default=False)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ok", "All right"),
                            ("attention", "Needs attention"),
                            ("urgent", "Urgent"),
                            ("not_inspected", "Not inspected"),
                        ],
                        max_length=14,
                        verbose_name="result",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why it was not inspected"
                    ),
                ),
                (
                    "measurement",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="measurement",
                    ),
                ),
                (
                    "reading",
                    models.CharField(blank=True, max_length=40, verbose_name="as read off the car"),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                (
                    "internal_note",
                    models.TextField(blank=True, max_length=2000, verbose_name="note for the shop"),
                ),
                ("recorded_at", models.DateTimeField(editable=False, null=True)),
                ("recorded_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of an inspection",
                "verbose_name_plural": "items of inspections",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("inspection", "position"), name="inspection_item_position_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", "not_inspected"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="inspection_item_not_inspected_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemMedia",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                (
                    "shot",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="angle"),
                ),
                ("caption", models.CharField(blank=True, max_length=200, verbose_name="caption")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("camera", "Taken with the camera"),
                            ("gallery", "Chosen from the device"),
                            ("api", "Sent by another program"),
                        ],
                        max_length=10,
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
                ("removed_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_media",
                        to="uploads.storedfile",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="media",
                        to="inspections.inspectionitem",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an item",
                "verbose_name_plural": "files of items",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("item", "file"),
                        name="item_media_once_an_item",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemRemark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="remark")),
                (
                    "acknowledgement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_remarks",
                        to="inspections.acknowledgement",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="inspections.inspectionitem",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "remark about an item",
                "verbose_name_plural": "remarks about items",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("acknowledgement", "item"), name="item_remark_once_an_item"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RemarkFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "acknowledgement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="inspections.acknowledgement",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.storedfile",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remark_files",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remark_files",
                        to="inspections.inspectionitem",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="links.accesslink",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a customer's remark",
                "verbose_name_plural": "files of customers' remarks",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("item__isnull", False), ("removed_at", None)),
                        fields=("link", "item", "file"),
                        name="remark_file_once_an_item",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("item", None), ("removed_at", None)),
                        fields=("link", "file"),
                        name="remark_file_once_a_link",
                    ),
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
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
        ForbidChanges(
            "InspectionItem",
            frozen_when=(
                "EXISTS (SELECT 1 FROM inspections_inspection inspection"
                " WHERE inspection.id = OLD.inspection_id AND inspection.status <> 'in_progress')"
            ),
        ),
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
