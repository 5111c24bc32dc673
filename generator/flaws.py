"""Rows that the gate must reject, one defect each. They are written to CSV only.

Every other value of these rows is valid, nothing refers to them, no key is empty and no key
carries two different rows: only the named value is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.tables import Batch, columns, row
from generator.world import World


@dataclass(frozen=True)
class Reject:
    """A bad row: its table, key, the column at fault, the value there, and why it is wrong.

    `cells` are the row's columns; an exact duplicate has none and repeats the row of its key.
    """

    table: str
    key: str
    column: str
    value: str
    why: str
    cells: dict[str, str] = field(default_factory=dict)


DUPLICATE = "(whole row)"

_CONTACT = {
    "email": "rejet@case.example",
    "firstname": "Rejet",
    "lastname": "Contact",
    "country": "FR",
    "hubspot_owner_id": "70008",
    "lifecyclestage": "lead",
    "hs_analytics_source": "DIRECT_TRAFFIC",
    "createdate": "2024-02-20T10:00:00Z",
    "archived": "false",
}
_DEAL = {
    "dealname": "Rejet",
    "pipeline": "new_business",
    "dealstage": "nb_lost",
    "amount": "5000.00",
    "deal_currency_code": "EUR",
    "hubspot_owner_id": "70008",
    "associatedcompanyid": "990001",
    "plan": "growth_m",
    "dealtype": "newbusiness",
    "hs_manual_forecast_category": "OMIT",
    "closed_lost_reason": "timing",
    "createdate": "2024-01-15T10:00:00Z",
    "closedate": "2024-02-28",
    "archived": "false",
}
_SUBSCRIPTION = {
    "company_id": "990001",
    "plan_id": "growth_m",
    "line_type": "recurring",
    "status": "active",
    "quantity": "4",
    "unit_price": "49.00",
    "list_unit_price": "49.00",
    "discount_share": "0.00",
    "currency": "EUR",
    "billing_interval": "month",
    "interval_count": "1",
    "valid_from": "2024-05-01",
}

REJECTS = (
    Reject(
        "contacts",
        "9000901",
        "createdate",
        "31/02/2024",
        "not an ISO moment, and no such day",
        _CONTACT | {"hs_object_id": "9000901", "createdate": "31/02/2024"},
    ),
    Reject("contacts", "9000012", DUPLICATE, "", "exact duplicate of a contact"),
    Reject(
        "lifecycle_history",
        "9000003",
        "lifecyclestage",
        "hot_prospect",
        "unknown lifecycle stage",
        {
            "contact_id": "9000003",
            "lifecyclestage": "hot_prospect",
            "entered_at": "2023-11-06T09:00:00Z",
        },
    ),
    Reject(
        "deals",
        "9100901",
        "closedate",
        "2024-02-30",
        "no such day",
        _DEAL | {"hs_object_id": "9100901", "closedate": "2024-02-30"},
    ),
    Reject(
        "deals",
        "9100902",
        "amount",
        "12 000 EUR",
        "not a number",
        _DEAL | {"hs_object_id": "9100902", "amount": "12 000 EUR"},
    ),
    Reject(
        "deals",
        "9100903",
        "deal_currency_code",
        "XYZ",
        "unknown currency",
        _DEAL | {"hs_object_id": "9100903", "deal_currency_code": "XYZ"},
    ),
    Reject(
        "deals",
        "9100904",
        "dealstage",
        "negotiation_old",
        "stage in no pipeline",
        _DEAL | {"hs_object_id": "9100904", "dealstage": "negotiation_old"},
    ),
    Reject(
        "deal_stage_history",
        "9199999",
        "deal_id",
        "9199999",
        "no such deal",
        {"deal_id": "9199999", "dealstage": "nb_demo", "entered_at": "2024-06-03T09:00:00Z"},
    ),
    Reject(
        "deal_property_history",
        "9100106",
        "value",
        "12.000,00",
        "not a number, and the property is an amount",
        {
            "deal_id": "9100106",
            "property": "amount",
            "value": "12.000,00",
            "changed_at": "2025-02-12T10:00:00Z",
        },
    ),
    Reject(
        "deal_property_history",
        "9100105",
        "changed_at",
        "2024-02-30T10:00:00Z",
        "no such day",
        {
            "deal_id": "9100105",
            "property": "closedate",
            "value": "2024-03-15",
            "changed_at": "2024-02-30T10:00:00Z",
        },
    ),
    Reject(
        "quotes",
        "9200901",
        "hs_quote_amount",
        "-4500.00",
        "negative amount",
        {
            "hs_object_id": "9200901",
            "deal_id": "9100003",
            "hs_status": "DECLINED",
            "hs_quote_amount": "-4500.00",
            "hs_currency": "EUR",
            "createdate": "2023-10-17T09:00:00Z",
            "sent_at": "2023-10-17T10:00:00Z",
            "hs_expiration_date": "2023-11-16",
        },
    ),
    Reject("quotes", "9200002", DUPLICATE, "", "exact duplicate of a quote"),
    Reject(
        "activities",
        "99000901",
        "hs_timestamp",
        "not-a-date",
        "not a moment",
        {
            "hs_object_id": "99000901",
            "activity_type": "call",
            "contact_id": "9000003",
            "hubspot_owner_id": "70008",
            "hs_timestamp": "not-a-date",
            "is_automated": "false",
        },
    ),
    Reject("activities", "99000003", DUPLICATE, "", "exact duplicate of an activity"),
    Reject(
        "campaigns",
        "C90",
        "end_date",
        "2024-03-01",
        "ends before it starts (2024-04-15)",
        {
            "campaign_id": "C90",
            "campaign_name": "Campagne à l'envers",
            "channel_source": "OFFLINE",
            "start_date": "2024-04-15",
            "end_date": "2024-03-01",
            "budget_amount": "1000.00",
            "currency": "EUR",
        },
    ),
)
"""Rejects in the CRM and marketing tables."""

BILLING_REJECTS = (
    Reject(
        "subscriptions",
        "S990901-1",
        "valid_to",
        "2024-03-31",
        "ends before it starts (2024-05-01)",
        _SUBSCRIPTION
        | {"subscription_id": "S990901", "line_id": "S990901-1", "valid_to": "2024-03-31"},
    ),
    Reject(
        "subscriptions",
        "S990102-1",
        "valid_from",
        "2024-06-01",
        "overlaps the line's running period, which started on 2024-02-29",
        _SUBSCRIPTION
        | {
            "subscription_id": "S990102",
            "line_id": "S990102-1",
            "company_id": "990102",
            "deal_id": "9100102",
            "plan_id": "growth_y",
            "unit_price": "490.00",
            "list_unit_price": "490.00",
            "billing_interval": "year",
            "valid_from": "2024-06-01",
            "valid_to": "2024-08-31",
        },
    ),
    Reject(
        "subscriptions",
        "S990903-1",
        "billing_interval",
        "fortnight",
        "unknown interval",
        _SUBSCRIPTION
        | {"subscription_id": "S990903", "line_id": "S990903-1", "billing_interval": "fortnight"},
    ),
    Reject(
        "subscriptions",
        "S990904-1",
        "quantity",
        "-3",
        "negative quantity",
        _SUBSCRIPTION | {"subscription_id": "S990904", "line_id": "S990904-1", "quantity": "-3"},
    ),
    Reject(
        "invoices",
        "F990905-1",
        "company_id",
        "",
        "invoice without a customer",
        {
            "invoice_id": "F990905-1",
            "invoice_type": "invoice",
            "status": "open",
            "currency": "EUR",
            "amount_excl_tax": "480.00",
            "tax_amount": "96.00",
            "issued_on": "2024-06-03",
            "due_on": "2024-07-03",
        },
    ),
    Reject(
        "expense_ledger",
        "L990906",
        "booked_on",
        "2024-13-05",
        "no such day",
        {
            "entry_id": "L990906",
            "booked_on": "2024-13-05",
            "account_code": "625100",
            "account_label": "Travel",
            "department": "Sales",
            "supplier": "Voyages Quinarel",
            "amount": "120.00",
            "currency": "EUR",
        },
    ),
)
"""Rejects in the billing and cost tables."""


def write(world: World, batch: Batch) -> None:
    """Append the bad rows; the batch must still hold the rows of `cases` they duplicate."""
    for reject in REJECTS + BILLING_REJECTS:
        if reject.column == DUPLICATE:
            twin = next(line for line in batch[reject.table] if line[0] == reject.key)
            batch[reject.table].append(twin)
            continue
        line = row(reject.table, **reject.cells)
        place = list(columns(reject.table)).index(reject.column)
        if line[place] != reject.value:
            raise ValueError(
                f"{reject.table} {reject.key}: {line[place]!r} is not {reject.value!r}"
            )
        batch[reject.table].append(line)
