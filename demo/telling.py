"""Making the demo shops: who works there, how they work, and what has happened so far."""

from datetime import datetime, time
from decimal import Decimal

from demo.stage import HOURLY_RATE, VAT, Stage
from demo.stories import STORIES
from demo.stories.billed import IBAN
from demo.stories.unanswered import asks_for_a_call, waiting_for_the_customer
from estimates.services import jobs
from estimates.services.jobs import JobLineInput
from estimates.states import LineKind, Necessity
from invoices.services import billing
from shopdisputes.accounts import services as accounts
from shopdisputes.accounts import shop_settings
from shopdisputes.accounts.models import User
from shopdisputes.actors import SYSTEM, Actor, Role
from shopdisputes.ops.services import opening
from shopdisputes.shops.models import Membership, Shop

#: One password for everybody: a demo shop keeps nothing that is worth a secret.
PASSWORD = "harbour-street-42"  # noqa: S105
ADMINISTRATOR = "admin@demo.example"
#: E-mail, name, role, language.
PEOPLE = (
    ("owner@demo.example", "Olivia Brandt", Role.OWNER, "en"),
    ("manager@demo.example", "Marc Delorme", Role.MANAGER, "fr"),
    ("advisor@demo.example", "Nora Keller", Role.ADVISOR, "en"),
    ("technician@demo.example", "Сергей Волков", Role.TECHNICIAN, "ru"),
)
SLUG = "harbour-street"
SECOND_SLUG = "garage-du-canal"


def is_told() -> bool:
    """Say whether everything has been told; the administrator comes last."""
    return User.objects.filter(email=ADMINISTRATOR).exists()


def tell(*, at: datetime) -> None:
    """Make both shops and let every story happen; ``at`` is today."""
    harbour = _harbour_street(at=at)
    stage = Stage(
        shop=harbour,
        advisor=_actor(harbour, "advisor@demo.example"),
        technician=_actor(harbour, "technician@demo.example"),
        manager=_actor(harbour, "manager@demo.example"),
        now=at,
    )
    for story in STORIES:
        story(stage)
    canal = _garage_du_canal(at=at)
    owner = _actor(canal, "owner@demo.example")
    second = Stage(shop=canal, advisor=owner, technician=owner, manager=owner, now=at)
    waiting_for_the_customer(second)
    asks_for_a_call(second)
    User.objects.create_superuser(ADMINISTRATOR, PASSWORD, name="Administrator")


def _harbour_street(*, at: datetime) -> Shop:
    owner_email, owner_name, _role, _language = PEOPLE[0]
    shop = opening.open_shop(
        name="Harbour Street Garage",
        slug=SLUG,
        country="FR",
        currency="EUR",
        timezone="Europe/Paris",
        language="en",
        owner_email=owner_email,
        owner_password=PASSWORD,
        owner_name=owner_name,
        by=SYSTEM,
        at=at,
    )
    shop = shop_settings.change(
        shop=shop,
        section="identity",
        values={
            "legal_name": "Harbour Street Garage SAS",
            "registration_number": "RCS Lyon 812 345 678",
            "tax_number": "FR 40 812345678",
            "line1": "27 rue du Port",
            "postal_code": "69002",
            "city": "Lyon",
            "phone": "+33478123456",
            "email": "desk@demo.example",
            "jurisdiction": "FR",
            "labour_rate": HOURLY_RATE,
            "tax_rate": VAT,
            "code_from_amount": Decimal("1500.00"),
        },
        by=SYSTEM,
        at=at,
    )
    owner = _actor(shop, owner_email)
    for email, name, role, language in PEOPLE[1:]:
        accounts.add_member(
            shop=shop, email=email, name=name, role=role, password=PASSWORD, by=owner, at=at
        )
        User.objects.filter(email=email).update(language=language)
    _frequent_jobs(shop, by=owner, at=at)
    billing.change(
        shop=shop,
        values={
            "iban": IBAN,
            "bic": "AGRIFRPP",
            "due_days": 14,
            "late_terms": "Pénalités de retard : trois fois le taux d'intérêt légal.",
            "guarantee": "Pièces et main-d'œuvre : 12 mois ou 20 000 km.",
            "storage_daily_rate": Decimal("12.00"),
            "storage_tax_rate": VAT,
        },
        by=owner,
        at=at,
    )
    return shop


def _garage_du_canal(*, at: datetime) -> Shop:
    owner_email, owner_name, _role, _language = PEOPLE[0]
    shop = opening.open_shop(
        name="Garage du Canal",
        slug=SECOND_SLUG,
        country="FR",
        currency="EUR",
        timezone="Europe/Paris",
        language="fr",
        owner_email=owner_email,
        owner_password=PASSWORD,
        owner_name=owner_name,
        by=SYSTEM,
        at=at,
    )
    return shop_settings.change(
        shop=shop,
        section="identity",
        values={
            "line1": "8 quai du Canal",
            "postal_code": "31000",
            "city": "Toulouse",
            "phone": "+33561123456",
            "email": "accueil@canal.example",
            "labour_rate": HOURLY_RATE,
            "tax_rate": VAT,
            "send_from": time(8, 30),
        },
        by=SYSTEM,
        at=at,
    )


def _frequent_jobs(shop: Shop, *, by: Actor, at: datetime) -> None:
    jobs.create(
        shop=shop,
        name="Front brake pads and discs",
        language="en",
        lines=[
            JobLineInput(
                kind=LineKind.LABOUR,
                description="Replace front brake pads and discs",
                quantity=Decimal("1.5"),
            ),
            JobLineInput(
                kind=LineKind.PART,
                description="Front brake pad set",
                unit_price=Decimal("64.90"),
                part_condition="new",
            ),
            JobLineInput(
                kind=LineKind.PART,
                description="Front brake disc",
                quantity=Decimal("2"),
                unit_price=Decimal("58.40"),
                part_condition="new",
            ),
        ],
        by=by,
        at=at,
    )
    jobs.create(
        shop=shop,
        name="Oil and filter service",
        language="en",
        lines=[
            JobLineInput(
                kind=LineKind.LABOUR,
                description="Oil and filter service",
                quantity=Decimal("0.8"),
                necessity=Necessity.RECOMMENDED,
            ),
            JobLineInput(
                kind=LineKind.PART,
                description="Oil 5W-30, 5 litres, and filter",
                unit_price=Decimal("62.00"),
                part_condition="new",
                necessity=Necessity.RECOMMENDED,
            ),
        ],
        by=by,
        at=at,
    )


def _actor(shop: Shop, email: str) -> Actor:
    membership = Membership.objects.for_shop(shop).select_related("user").get(user__email=email)
    return Actor(role=Role(membership.role), name=membership.user.name, user_id=membership.user_id)
