"""Stripe's objects as its API answers them, before and after the version of 2025-03-31 ("basil").

The dataclasses hold what both versions tell; `api` says it in the words of one of them. Moments are
seconds since 1970, money is in minor units, currencies are in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Customer:
    """A customer; `crm_company_id` is the key that the company writes into the metadata."""

    id: str
    created: int
    name: str | None = None
    email: str | None = None
    country: str | None = None
    crm_company_id: str | None = None

    def api(self, basil: bool) -> Json:
        """Return the customer; the versions do not differ in what is read."""
        return {
            "id": self.id,
            "object": "customer",
            "created": self.created,
            "name": self.name,
            "email": self.email,
            "address": {"country": self.country, "line1": None},
            "balance": 0,
            "delinquent": False,
            "livemode": True,
            "metadata": {"crm_company_id": self.crm_company_id} if self.crm_company_id else {},
        }


@dataclass
class Product:
    """What is sold; its prices say for how much."""

    id: str
    name: str
    created: int
    family: str | None = None
    is_active: bool = True

    def api(self, basil: bool) -> Json:
        """Return the product."""
        return {
            "id": self.id,
            "object": "product",
            "active": self.is_active,
            "created": self.created,
            "livemode": True,
            "name": self.name,
            "metadata": {"product_family": self.family} if self.family else {},
            "type": "service",
        }


@dataclass
class Price:
    """The price of a product: one for each amount, currency and interval."""

    id: str
    product: str
    currency: str
    amount: str | None
    interval: str | None = "month"
    count: int = 1
    usage: str = "licensed"
    is_active: bool = True
    created: int = 1_640_995_200
    divide_by: int | None = None

    def api(self, basil: bool) -> Json:
        """Return the price; a tiered one has no amount, half a cent only a decimal one."""
        whole = self.amount is not None and "." not in self.amount
        recurring = {
            "interval": self.interval,
            "interval_count": self.count,
            "usage_type": self.usage,
            "meter": None,
        }
        return {
            "id": self.id,
            "object": "price",
            "active": self.is_active,
            "billing_scheme": "tiered" if self.amount is None else "per_unit",
            "created": self.created,
            "currency": self.currency,
            "livemode": True,
            "nickname": None,
            "product": self.product,
            "recurring": recurring if self.interval else None,
            "tax_behavior": "exclusive",
            "tiers_mode": "graduated" if self.amount is None else None,
            "transform_quantity": (
                {"divide_by": self.divide_by, "round": "up"} if self.divide_by else None
            ),
            "type": "recurring" if self.interval else "one_time",
            "unit_amount": int(self.amount) if whole else None,
            "unit_amount_decimal": self.amount,
        }


@dataclass
class Coupon:
    """A discount of some percent, or of an amount."""

    id: str
    duration: str
    months: int | None = None
    percent: float | None = None
    amount: int | None = None
    currency: str | None = None

    def api(self, basil: bool) -> Json:
        """Return the coupon."""
        return {
            "id": self.id,
            "object": "coupon",
            "amount_off": self.amount,
            "created": 1_640_995_200,
            "currency": self.currency,
            "duration": self.duration,
            "duration_in_months": self.months,
            "livemode": True,
            "name": self.id,
            "percent_off": self.percent,
            "times_redeemed": 1,
            "valid": True,
        }


@dataclass
class Discount:
    """A coupon in use, by one customer or subscription."""

    id: str
    coupon: Coupon
    start: int
    end: int | None = None

    def api(self, basil: bool) -> Json:
        """Return the object, as the older API writes it into its owner."""
        return {
            "id": self.id,
            "object": "discount",
            "coupon": self.coupon.api(basil),
            "start": self.start,
            "end": self.end,
        }

    def on_owner(self, basil: bool) -> Json:
        """Return what a subscription or an invoice holds: the object, or its id alone."""
        return {"discounts": [self.id]} if basil else {"discount": self.api(basil)}


@dataclass
class Item:
    """A line of a subscription as it is today."""

    id: str
    price: Price
    quantity: int | None
    created: int


@dataclass
class Subscription:
    """A subscription as it is today: the API keeps nothing of what it was before."""

    id: str
    customer: str
    start: int
    items: list[Item]
    period_start: int
    period_end: int
    status: str = "active"
    currency: str = "eur"
    trial_start: int | None = None
    trial_end: int | None = None
    canceled_at: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    ended_at: int | None = None
    pause: str | None = None
    discount: Discount | None = None
    collection: str = "charge_automatically"
    deal_id: str | None = None
    feedback: str | None = None
    reason: str | None = None

    def api(self, basil: bool) -> Json:
        """Return the subscription; since basil the period is on the items."""
        period = {
            "current_period_start": self.period_start,
            "current_period_end": self.period_end,
        }
        items = [
            {
                "id": item.id,
                "object": "subscription_item",
                "created": item.created,
                "price": item.price.api(basil),
                "quantity": item.quantity,
                "subscription": self.id,
                **(period if basil else {}),
            }
            for item in self.items
        ]
        return {
            "id": self.id,
            "object": "subscription",
            "billing_cycle_anchor": self.trial_end or self.start,
            "cancel_at": self.cancel_at,
            "cancel_at_period_end": self.cancel_at_period_end,
            "canceled_at": self.canceled_at,
            "cancellation_details": {"feedback": self.feedback, "reason": self.reason},
            "collection_method": self.collection,
            "created": self.start,
            "currency": self.currency,
            "customer": self.customer,
            "ended_at": self.ended_at,
            "items": {"data": items, "has_more": False, "object": "list"},
            "livemode": True,
            "metadata": {"deal_id": self.deal_id} if self.deal_id else {},
            "pause_collection": {"behavior": self.pause} if self.pause else None,
            "start_date": self.start,
            "status": self.status,
            "trial_end": self.trial_end,
            "trial_start": self.trial_start,
            **({} if basil else period),
            **(self.discount.on_owner(basil) if self.discount else {}),
        }


@dataclass
class InvoiceLine:
    """A line of an invoice; `amount` is before discounts, with tax only if that is inclusive."""

    id: str
    amount: int
    price: Price
    start: int
    end: int
    quantity: int | None = 1
    item: str | None = None
    is_proration: bool = False
    discounted: int = 0
    tax: int = 0
    is_tax_inclusive: bool = False

    def api(self, invoice: Invoice, basil: bool) -> Json:
        """Return the line: what it bills is under `parent` and `pricing` since basil."""
        discount = invoice.discount.id if invoice.discount else "di_of_customer"
        line: Json = {
            "id": self.id,
            "object": "line_item",
            "amount": self.amount,
            "currency": invoice.currency,
            "description": f"{self.quantity} × {self.price.product}",
            "discount_amounts": (
                [{"amount": self.discounted, "discount": discount}] if self.discounted else []
            ),
            "discountable": not self.is_proration,
            "livemode": True,
            "period": {"start": self.start, "end": self.end},
            "quantity": self.quantity,
        }
        if not basil:
            taxes = [{"amount": self.tax, "inclusive": self.is_tax_inclusive, "tax_rate": "txr_1"}]
            is_plain = self.item is not None and not self.is_proration
            return line | {
                "price": self.price.api(basil),
                "proration": self.is_proration,
                "subscription": invoice.subscription if self.item else None,
                "subscription_item": self.item,
                "tax_amounts": taxes if self.tax else [],
                "type": "subscription" if is_plain else "invoiceitem",
            }
        behaviour = "inclusive" if self.is_tax_inclusive else "exclusive"
        if self.item:
            details = {
                "type": "subscription_item_details",
                "subscription_item_details": {
                    "invoice_item": f"ii_{self.id}" if self.is_proration else None,
                    "proration": self.is_proration,
                    "subscription": invoice.subscription,
                    "subscription_item": self.item,
                },
            }
        else:
            details = {
                "type": "invoice_item_details",
                "invoice_item_details": {"invoice_item": f"ii_{self.id}", "proration": False},
            }
        return line | {
            "parent": details,
            "pricing": {
                "type": "price_details",
                "price_details": {"price": self.price.id, "product": self.price.product},
                "unit_amount_decimal": self.price.amount,
            },
            "taxes": [{"amount": self.tax, "tax_behavior": behaviour}] if self.tax else [],
        }


@dataclass
class Invoice:
    """An invoice and its lines; the first ten lines are all that the list of invoices holds."""

    id: str
    customer: str
    created: int
    lines: list[InvoiceLine]
    subscription: str | None = None
    currency: str = "eur"
    status: str = "paid"
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    due_date: int | None = None
    collection: str = "charge_automatically"
    discount: Discount | None = None
    reason: str = "subscription_cycle"
    tax: int = 0
    attempts: int = 1

    @property
    def net(self) -> int:
        """The total without tax."""
        return sum(
            line.amount - line.discounted - (line.tax if line.is_tax_inclusive else 0)
            for line in self.lines
        )

    def api(self, basil: bool) -> Json:
        """Return the invoice; its subscription is under `parent` since basil."""
        total = self.net + self.tax
        invoice: Json = {
            "id": self.id,
            "object": "invoice",
            "amount_due": total,
            "amount_paid": total if self.status == "paid" else 0,
            "attempt_count": self.attempts if self.finalized_at else 0,
            "billing_reason": self.reason,
            "collection_method": self.collection,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "due_date": self.due_date,
            "effective_at": self.finalized_at,
            "lines": {
                "data": [line.api(self, basil) for line in self.lines[:10]],
                "has_more": len(self.lines) > 10,
                "object": "list",
            },
            "livemode": True,
            "number": f"N-{self.id}" if self.finalized_at else None,
            "status": self.status,
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": self.uncollectible_at,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
            "subtotal": sum(line.amount for line in self.lines),
            "total": total,
            "total_excluding_tax": self.net,
            **(self.discount.on_owner(basil) if self.discount else {}),
        }
        if basil:
            details = {"subscription": self.subscription} if self.subscription else None
            return invoice | {
                "parent": {"type": "subscription_details", "subscription_details": details}
                if details
                else None,
                "total_taxes": [{"amount": self.tax, "tax_behavior": "exclusive"}]
                if self.tax
                else [],
            }
        return invoice | {
            "subscription": self.subscription,
            "tax": self.tax or None,
            "paid": self.status == "paid",
        }


@dataclass
class CreditNote:
    """A credit note: `lines` are (id, invoice line or None, amount, quantity)."""

    id: str
    customer: str
    created: int
    lines: list[tuple[str, str | None, int, int]]
    invoice: str | None
    currency: str = "eur"
    tax: int = 0
    status: str = "issued"

    def api(self, basil: bool) -> Json:
        """Return the credit note; its amounts are positive."""
        net = sum(amount for _, _, amount, _ in self.lines)
        return {
            "id": self.id,
            "object": "credit_note",
            "amount": net + self.tax,
            "created": self.created,
            "currency": self.currency,
            "customer": self.customer,
            "discount_amount": 0,
            "effective_at": self.created,
            "invoice": self.invoice,
            "lines": {
                "data": [
                    {
                        "id": key,
                        "object": "credit_note_line_item",
                        "amount": amount,
                        "discount_amount": 0,
                        "invoice_line_item": billed,
                        "livemode": True,
                        "quantity": quantity,
                        "type": "invoice_line_item" if billed else "custom_line_item",
                    }
                    for key, billed, amount, quantity in self.lines
                ],
                "has_more": False,
                "object": "list",
            },
            "livemode": True,
            "status": self.status,
            "subtotal": net,
            "total": net + self.tax,
            "total_excluding_tax": net,
            "type": "post_payment",
        }


@dataclass
class Books:
    """All objects of one Stripe account."""

    customers: list[Customer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    coupons: list[Coupon] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    credit_notes: list[CreditNote] = field(default_factory=list)

    def api(self, basil: bool) -> dict[str, list[Json]]:
        """Return the answers by endpoint, under the names of dlt's tables."""
        return {
            table: [thing.api(basil) for thing in things]
            for table, things in {
                "customer": self.customers,
                "product": self.products,
                "price": self.prices,
                "coupon": self.coupons,
                "subscription": self.subscriptions,
                "invoice": self.invoices,
                "credit_note": self.credit_notes,
            }.items()
        }
