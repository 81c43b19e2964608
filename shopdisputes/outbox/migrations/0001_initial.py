import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("documents", "0001_initial"),
        ("links", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingEmail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.CharField(max_length=120)),
                ("recipient", models.EmailField(max_length=254, verbose_name="to")),
                ("recipient_name", models.CharField(blank=True, max_length=200)),
                ("reply_to", models.EmailField(blank=True, max_length=254)),
                ("sender_name", models.CharField(max_length=120)),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(verbose_name="text")),
                ("html", models.TextField()),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                    ),
                ),
                ("repair_order_id", models.UUIDField(null=True)),
                ("target_id", models.UUIDField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("claimed", "Being prepared"),
                            ("handing", "Being handed over"),
                            ("sent", "Sent"),
                            ("in_doubt", "In doubt"),
                            ("failed", "Failed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "message_id",
                    models.CharField(
                        editable=False, max_length=120, unique=True, verbose_name="Message-ID"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(editable=False)),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("handed_at", models.DateTimeField(editable=False, null=True)),
                ("sent_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reply",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="server's answer"
                    ),
                ),
                (
                    "attachments",
                    models.ManyToManyField(
                        blank=True, related_name="emails", to="documents.document"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
                        to="customers.customer",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emails",
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
                "verbose_name": "outgoing e-mail",
                "verbose_name_plural": "outgoing e-mails",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["queued", "claimed"])),
                        fields=["next_try_at"],
                        name="email_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("claimed_at", None), ("status", "queued")),
                        fields=["next_try_at", "created_at"],
                        name="email_fresh",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["claimed", "handing"])),
                        fields=["lease_until"],
                        name="email_leased",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["in_doubt", "failed"])),
                        fields=["status"],
                        name="email_needs_a_person",
                    ),
                    models.Index(fields=["-handed_at"], name="email_handed_last"),
                    models.Index(fields=["shop", "-created_at", "id"], name="email_newest"),
                    models.Index(fields=["shop", "target_id"], name="email_by_target"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "key"), name="email_created_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="email_sent_has_its_time",
                    ),
                ],
            },
        ),
    ]
