import uuid

import django.db.models.deletion
from django.db import migrations, models

import shopdisputes.uploads.models
from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="size, bytes")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("image/jpeg", "JPEG"),
                            ("image/png", "PNG"),
                            ("application/pdf", "PDF"),
                            ("video/mp4", "MP4"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "file",
                    models.FileField(
                        max_length=200, upload_to=shopdisputes.uploads.models.storage_name
                    ),
                ),
                ("facts", models.JSONField(default=dict, editable=False)),
                ("uploaded_at", models.DateTimeField()),
                ("uploaded_by", models.CharField(max_length=200)),
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
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
                "indexes": [models.Index(fields=["file"], name="stored_file_by_place")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "sha256"), name="stored_file_once_per_shop"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Intake",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the virus scanner"),
                            ("queued", "Waiting for its preview"),
                            ("claimed", "Preview being made"),
                            ("ready", "Ready"),
                            ("failed", "No preview"),
                            ("quarantined", "Kept apart"),
                        ],
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("infected", "The virus scanner found something in it"),
                            ("active_content", "This PDF holds scripts or other active parts"),
                        ],
                        max_length=20,
                        verbose_name="why it is kept apart",
                    ),
                ),
                ("scanner_said", models.CharField(blank=True, editable=False, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("scanned_at", models.DateTimeField(editable=False, null=True)),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("next_try_at", models.DateTimeField(editable=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "last_error",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="last error"
                    ),
                ),
                (
                    "thumbnail",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        upload_to=shopdisputes.uploads.models.thumbnail_name,
                    ),
                ),
                (
                    "web",
                    models.FileField(
                        blank=True, max_length=200, upload_to=shopdisputes.uploads.models.web_name
                    ),
                ),
                ("web_width", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("web_height", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("ready_at", models.DateTimeField(editable=False, null=True)),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intake",
                        to="uploads.storedfile",
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
                "verbose_name": "intake of a file",
                "verbose_name_plural": "intakes of files",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["waiting", "queued", "claimed"])),
                        fields=["next_try_at"],
                        name="intake_unfinished",
                    ),
                    models.Index(fields=["thumbnail"], name="intake_by_thumbnail"),
                    models.Index(fields=["web"], name="intake_by_web"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "ready"), _negated=True),
                            models.Q(
                                models.Q(("thumbnail", ""), _negated=True),
                                models.Q(("web", ""), _negated=True),
                                ("ready_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="intake_ready_has_its_previews",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason__gt", ""), ("status", "quarantined")),
                            models.Q(
                                models.Q(("status", "quarantined"), _negated=True), ("reason", "")
                            ),
                            _connector="OR",
                        ),
                        name="intake_quarantined_says_why",
                    ),
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges("StoredFile"),
    ]
