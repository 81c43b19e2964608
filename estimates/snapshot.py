"""What a revision says, as plain facts: what is hashed, shown, and proved years later."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from estimates import findings, ledger, pricing
from estimates.models import EstimateLine, EstimateRevision
from inspections.models import InspectionItem
from shopdisputes.canonical import canonical_json
from shopdisputes.signing.models import LegalText

#: Changes when a fact is added, removed or written otherwise.
SCHEMA = "shopdisputes.estimate/1"


def facts_of(revision: EstimateRevision, *, terms: LegalText) -> dict[str, Any]:
    """Return everything that the customer is shown, as JSON data with exact amounts as strings.

    ``terms`` are the shop's terms in the customer's language. The part ``estimate`` can be made
    again from the frozen rows at any time; shop, customer and vehicle are as they are now.
    """
    order = revision.estimate.repair_order
    shop, customer, vehicle = revision.shop, order.customer, order.vehicle
    return {
        "schema": SCHEMA,
        "estimate": proposal_of(revision),
        "already_authorized": [
            {
                "line": str(line_id),
                "authorization": str(answer.authorization_id),
                "at": _moment(answer.authorization.at),
            }
            for line_id, answer in ledger.already_authorized(revision).items()
        ],
        "repair_order": {
            "number": order.number,
            "concern": order.concern,
            "odometer": order.odometer,
            "opened_at": _moment(order.opened_at),
        },
        "rules": {name: order.profile.get(name) for name in ("code", "version", "status")},
        "shop": {
            "name": shop.name,
            "legal_name": shop.legal_name,
            "registration_number": shop.registration_number,
            "tax_number": shop.tax_number,
            "address": shop.address_lines,
            "country": shop.country,
            "phone": shop.phone,
            "email": shop.email,
            "timezone": shop.timezone,
        },
        "customer": {
            "kind": customer.kind,
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "address": customer.address_lines,
            "country": customer.country,
            "language": customer.language,
        },
        "vehicle": {
            "vin": vehicle.vin,
            "plate": vehicle.plate,
            "make": vehicle.make,
            "model": vehicle.model,
            "year": vehicle.year,
        },
        "terms": {
            "text": str(terms.pk),
            "language": terms.language,
            "version": terms.version,
            "sha256": terms.sha256,
        },
    }


def proposal_of(revision: EstimateRevision) -> dict[str, Any]:
    """Return the facts that stand in the revision's own frozen rows."""
    lines = list(revision.lines.in_order())
    sums = pricing.totals((line.net, line.tax_rate) for line in lines)
    cited = findings.cited_by(lines, shop=revision.shop)
    return {
        "number": revision.estimate.number,
        "revision": revision.number,
        "transaction": revision.estimate.repair_order.number,
        "reason": revision.reason,
        "message": revision.message,
        "valid_until": revision.valid_until.isoformat(),
        "sent_at": _moment(revision.sent_at),
        "currency": revision.currency,
        "request_authorization": revision.request_authorization,
        "request_signature": revision.request_signature,
        "required_level": str(revision.required_level),
        "lines": [_line(line, cited) for line in lines],
        "subtotal": _amount(sums.subtotal),
        "taxes": [
            {"rate": _amount(tax.rate), "base": _amount(tax.base), "tax": _amount(tax.tax)}
            for tax in sums.taxes
        ],
        "tax": _amount(sums.tax),
        "total": _amount(sums.total),
        "deposit_amount": _amount(revision.deposit_amount),
    }


def terms_sent(revision: EstimateRevision) -> LegalText:
    """Return the terms that a sent revision came with, whatever is in force now."""
    text_id = json.loads(revision.canonical_json)["terms"]["text"]
    return LegalText.objects.for_shop(revision.shop).get(pk=text_id)


def text_of(revision: EstimateRevision, *, terms: LegalText) -> str:
    """Return the facts as canonical JSON: what ``sha256`` of a revision is the hash of."""
    return canonical_json(facts_of(revision, terms=terms))


def _line(line: EstimateLine, cited: Mapping[UUID, InspectionItem]) -> dict[str, Any]:
    facts = {
        "id": str(line.pk),
        "key": str(line.key),
        "position": line.position,
        "kind": str(line.kind),
        "description": line.description,
        "reason": line.reason,
        "quantity": f"{line.quantity:.3f}",
        "unit_price": _amount(line.unit_price),
        "tax_rate": _amount(line.tax_rate),
        "part_condition": str(line.part_condition),
        "necessity": str(line.necessity),
        "contingent": line.contingent,
        "disclosure": line.disclosure,
        "net": _amount(line.net),
    }
    if line.finding_id:
        facts["finding"] = findings.facts_of(cited[line.finding_id])
    return facts


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None
