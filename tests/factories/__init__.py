"""Dull, valid rows for tests: ``from tests.factories import EstimateFactory, ShopFactory``."""

from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.api import ApiTokenFactory, IdempotencyRecordFactory
from tests.factories.audit import AuditEventFactory, AuditHeadFactory
from tests.factories.clock import NOW
from tests.factories.customers import CustomerFactory, VehicleFactory
from tests.factories.documents import PDF, DocumentFactory
from tests.factories.estimates import (
    ADVISOR,
    BRAKES,
    AuthorizationFactory,
    EstimateFactory,
    JobTemplateFactory,
    JobTemplateLineFactory,
    LineAnswerFactory,
    LineFactory,
    PaperCopyFactory,
    RevisionFactory,
)
from tests.factories.inspections import (
    SEEN,
    WALK,
    AcknowledgementFactory,
    ChecklistFactory,
    ChecklistItemFactory,
    ChecklistVersionFactory,
    InspectionFactory,
    InspectionItemFactory,
    ItemMediaFactory,
    ItemRemarkFactory,
    RemarkFileFactory,
)
from tests.factories.links import AccessLinkFactory
from tests.factories.outbox import OutgoingEmailFactory
from tests.factories.repairorders import RepairOrderFactory
from tests.factories.shops import CounterFactory, MembershipFactory, ShopFactory, staff
from tests.factories.signing import EmailCodeFactory, LegalTextFactory, SignatureFactory
from tests.factories.uploads import PNG, IntakeFactory, StoredFileFactory

__all__ = [
    "ADVISOR",
    "BRAKES",
    "NOW",
    "PASSWORD",
    "PDF",
    "PNG",
    "SEEN",
    "WALK",
    "AccessLinkFactory",
    "AcknowledgementFactory",
    "AdministratorFactory",
    "ApiTokenFactory",
    "AuditEventFactory",
    "AuditHeadFactory",
    "AuthorizationFactory",
    "ChecklistFactory",
    "ChecklistItemFactory",
    "ChecklistVersionFactory",
    "CounterFactory",
    "CustomerFactory",
    "DocumentFactory",
    "EmailCodeFactory",
    "EstimateFactory",
    "IdempotencyRecordFactory",
    "InspectionFactory",
    "InspectionItemFactory",
    "IntakeFactory",
    "ItemMediaFactory",
    "ItemRemarkFactory",
    "JobTemplateFactory",
    "JobTemplateLineFactory",
    "LegalTextFactory",
    "LineAnswerFactory",
    "LineFactory",
    "MembershipFactory",
    "OutgoingEmailFactory",
    "PaperCopyFactory",
    "RemarkFileFactory",
    "RepairOrderFactory",
    "RevisionFactory",
    "ShopFactory",
    "SignatureFactory",
    "StoredFileFactory",
    "UserFactory",
    "VehicleFactory",
    "staff",
]
