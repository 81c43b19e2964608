import datetime
import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import shopdisputes.money
import shopdisputes.shops.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Shop",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("slug", models.SlugField(max_length=60, unique=True, verbose_name="short name")),
                (
                    "legal_name",
                    models.CharField(blank=True, max_length=200, verbose_name="legal name"),
                ),
                (
                    "registration_number",
                    models.CharField(blank=True, max_length=60, verbose_name="registration number"),
                ),
                (
                    "tax_number",
                    models.CharField(blank=True, max_length=60, verbose_name="tax number"),
                ),
                (
                    "mediator",
                    models.CharField(
                        blank=True,
                        help_text="Name and address, printed where the law asks for it.",
                        max_length=300,
                        verbose_name="consumer mediator",
                    ),
                ),
                (
                    "line1",
                    models.CharField(blank=True, max_length=200, verbose_name="street and number"),
                ),
                (
                    "line2",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="address, second line"
                    ),
                ),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=20, verbose_name="postal code"),
                ),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="city")),
                (
                    "country",
                    models.CharField(
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Two capital letters, as in FR."
                            )
                        ],
                        verbose_name="country",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("logo_sha256", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters, as in EUR."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                (
                    "timezone",
                    models.CharField(
                        max_length=60,
                        validators=[shopdisputes.shops.models.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                (
                    "jurisdiction",
                    models.CharField(default="GENERIC", max_length=10, verbose_name="rules of"),
                ),
                (
                    "labour_rate",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="labour rate per hour, before tax",
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="usual tax rate, %",
                    ),
                ),
                (
                    "estimate_validity_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="estimates are valid for, days",
                    ),
                ),
                (
                    "expiry_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="0: no reminder.",
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="remind before expiry, days",
                    ),
                ),
                (
                    "inspection_answer_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="days to answer an inspection",
                    ),
                ),
                (
                    "signature_level",
                    models.CharField(
                        choices=[("L1", "L1 — typed name"), ("L2", "L2 — drawn signature")],
                        default="L2",
                        max_length=2,
                        verbose_name="signature asked for",
                    ),
                ),
                (
                    "code_from_amount",
                    shopdisputes.money.MoneyField(
                        blank=True,
                        decimal_places=2,
                        help_text="Empty: never ask for a code.",
                        max_digits=12,
                        null=True,
                        verbose_name="code by e-mail from this total on",
                    ),
                ),
                (
                    "oral_objection_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="hours to object to an oral authorization",
                    ),
                ),
                (
                    "link_life_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="customer links live for, days",
                    ),
                ),
                (
                    "send_days",
                    models.JSONField(
                        default=shopdisputes.shops.models.weekdays_default,
                        verbose_name="days on which automated mail leaves",
                    ),
                ),
                (
                    "send_from",
                    models.TimeField(
                        default=datetime.time(9, 0), verbose_name="automated mail leaves from"
                    ),
                ),
                (
                    "send_until",
                    models.TimeField(
                        default=datetime.time(18, 0), verbose_name="automated mail leaves until"
                    ),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "shop",
                "verbose_name_plural": "shops",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tax_rate__gte", 0), ("tax_rate__lte", 100)),
                        name="shop_tax_rate_is_a_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("labour_rate__gte", 0)), name="shop_rate_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("send_from__lt", models.F("send_until"))),
                        name="shop_send_hours_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("manager", "Manager"),
                            ("advisor", "Service advisor"),
                            ("technician", "Technician"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField()),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "user"), name="membership_once_per_shop"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("series", models.CharField(max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
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
                "verbose_name": "counter",
                "verbose_name_plural": "counters",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "series", "year"), name="counter_once_per_series"
                    )
                ],
            },
        ),
    ]
