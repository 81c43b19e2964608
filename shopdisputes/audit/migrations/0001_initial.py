import uuid

import django.db.models.deletion
from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=60)),
                (
                    "actor_role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("advisor", "Service advisor"),
                            ("technician", "Technician"),
                            ("customer", "Customer"),
                            ("resolver", "Resolver"),
                            ("administrator", "Administrator"),
                            ("system", "System"),
                        ],
                        max_length=20,
                    ),
                ),
                ("actor_name", models.CharField(max_length=200)),
                ("actor_user_id", models.UUIDField(null=True)),
                ("ip_address", models.CharField(blank=True, max_length=45)),
                ("user_agent", models.CharField(blank=True, max_length=400)),
                ("target_type", models.CharField(max_length=60)),
                ("target_id", models.UUIDField()),
                ("repair_order_id", models.UUIDField(null=True)),
                ("data", models.JSONField()),
                ("salt", models.CharField(max_length=32)),
                ("previous_hash", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
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
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "indexes": [
                    models.Index(
                        fields=["shop", "repair_order_id", "-sequence"], name="audit_timeline"
                    ),
                    models.Index(fields=["shop", "target_id", "-sequence"], name="audit_by_target"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "sequence"), name="audit_sequence_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
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
                "verbose_name": "end of the audit chain",
                "verbose_name_plural": "ends of the audit chains",
                "constraints": [
                    models.UniqueConstraint(fields=("shop",), name="audit_head_once_per_shop")
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges("AuditEvent"),
    ]
