"""Objects of Stripe as Fivetran writes them: one table for each kind, with moments for seconds.

Columns are those that Fivetran's tables have, and no others: there is no total without tax, no
feedback on a cancellation, no discount of a single line. Metadata is JSON in one column, a
subscription has one row for each of its versions, and an invoice has all of its lines.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from generator.shapes.stripe_dlt import Rows
from generator.shapes.stripe_objects import Books, Json

SYNCED = "2026-01-01 00:20:00"
# The columns of each table, under Fivetran's names; a dot leads into an object of the API.
COLUMNS = {
    "customer": "id name email address.country created metadata",
    "product": "id name active created metadata",
    "price": (
        "id product:product_id active billing_scheme created currency metadata nickname "
        "recurring.interval recurring.interval_count recurring.usage_type tiers_mode "
        "transform_quantity.divide_by transform_quantity.round type unit_amount "
        "unit_amount_decimal"
    ),
    "coupon": "id amount_off created currency duration duration_in_months percent_off valid",
    "subscription_history": (
        "id customer:customer_id status billing_cycle_anchor cancel_at cancel_at_period_end "
        "canceled_at created current_period_start current_period_end ended_at metadata start_date "
        "trial_start trial_end pause_collection.behavior"
    ),
    "subscription_item": "id subscription:subscription_id price.id:plan_id quantity created",
    "invoice": (
        "id customer:customer_id subscription:subscription_id status currency subtotal tax total "
        "amount_due amount_paid attempt_count billing_reason created due_date number paid "
        "status_transitions.finalized_at status_transitions.marked_uncollectible_at "
        "status_transitions.paid_at status_transitions.voided_at"
    ),
    "invoice_line_item": (
        "id:unique_id amount currency description discountable price.id:price_id proration "
        "quantity period.start period.end subscription:subscription_id "
        "subscription_item:subscription_item_id type"
    ),
    "credit_note": (
        "id amount created currency discount_amount invoice:invoice_id status subtotal total type"
    ),
    "credit_note_line_item": "id amount discount_amount quantity type",
    "subscription_discount": "id coupon.id:coupon_id start end",
}
MOMENTS = (
    {"created", "start", "end", "start_date", "due_date", "billing_cycle_anchor"}
    | {"cancel_at", "canceled_at", "ended_at", "trial_start", "trial_end"}
    | {"current_period_start", "current_period_end", "period_start", "period_end"}
    | {f"status_transitions_{what}_at" for what in ("finalized", "marked_uncollectible", "paid")}
    | {"status_transitions_voided_at"}
)


def rows(books: Books) -> Rows:
    """Return the rows of all tables."""
    answers = books.api(basil=False)
    found: Rows = {
        table: [_row(table, thing) for thing in answers[table]]
        for table in ("customer", "product", "price", "coupon", "invoice", "credit_note")
    }
    found["subscription_history"] = [
        version for thing in answers["subscription"] for version in _versions(thing)
    ]
    found["subscription_item"] = [
        _row("subscription_item", item)
        for thing in answers["subscription"]
        for item in thing["items"]["data"]
    ]
    found["subscription_discount"] = [
        _row("subscription_discount", thing["discount"]) | {"subscription_id": thing["id"]}
        for thing in answers["subscription"]
        if thing.get("discount")
    ]
    found["invoice_line_item"] = [
        _row("invoice_line_item", line.api(invoice, basil=False))
        | {"id": line.item or line.id, "invoice_id": invoice.id}
        for invoice in books.invoices
        for line in invoice.lines
    ]
    found["credit_note_line_item"] = [
        _row("credit_note_line_item", line) | {"credit_note_id": note["id"]}
        for note in answers["credit_note"]
        for line in note["lines"]["data"]
    ]
    for table, filled in found.items():
        for row in filled:
            row["_fivetran_synced"] = SYNCED
            if table in ("customer", "product", "price", "invoice"):
                row["is_deleted"] = False
    return found


def _versions(subscription: Json) -> list[dict[str, Any]]:
    """Return a subscription as it began, as it was unpaid if that ended it, and as it is."""
    now = _row("subscription_history", subscription)
    open_ended = {"canceled_at": None, "ended_at": None, "cancel_at_period_end": False}
    statuses = ["trialing" if subscription["trial_end"] else "active"]
    if subscription["cancellation_details"]["reason"] == "payment_failed":
        statuses.append("past_due")
    versions = [
        _filled(now | open_ended | {"status": status, "_fivetran_active": False})
        for status in statuses
    ]
    return [
        version | {"_fivetran_start": f"{now['start_date'][:17]}{place:02}"}
        for place, version in enumerate([*versions, now | {"_fivetran_active": True}])
    ]


def _row(table: str, thing: Json) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in COLUMNS[table].split():
        path, _, name = column.partition(":")
        value: Any = thing
        for step in path.split("."):
            value = (value or {}).get(step)
        name = name or path.replace(".", "_")
        if name == "metadata":
            value = json.dumps(value or {})
        elif name in MOMENTS and value is not None:
            value = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
        found[name] = value
    return _filled(found)


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the cells that are empty."""
    return {name: value for name, value in row.items() if value is not None}
