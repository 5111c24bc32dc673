"""The demo company's billing as a Stripe account that knows the same facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from generator.shapes.company import Rows, company
from generator.shapes.stripe_objects import (
    Books,
    Coupon,
    CreditNote,
    Customer,
    Discount,
    Invoice,
    InvoiceLine,
    Item,
    Price,
    Product,
    Subscription,
)

Row = dict[str, str | None]

READ_ON = date(2025, 12, 31)
"""The day of the extract: nothing later is known."""
FEEDBACK = {
    "price": "too_expensive",
    "missing_feature": "missing_features",
    "switched_to_competitor": "switched_service",
    "unused": "unused",
    "company_closed": "other",
}
"""The demo's reasons to leave in Stripe's words, which have none for the last one."""


def books() -> Books:
    """Return the account."""
    return Account(company()).books


def moment(key: str, on: str | date) -> int:
    """Return the second of a day (of Paris) at which things of a subscription happen.

    It is in the day's working hours, but for one subscription in ten in its first hours in Paris,
    when it is still the day before in UTC.
    """
    day = date.fromisoformat(on) if isinstance(on, str) else on
    draw = int(sha256(key.encode()).hexdigest()[:8], 16)
    second = -1_800 if draw % 10 == 0 else 6 * 3_600 + draw % (12 * 3_600)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return int(midnight.timestamp()) + second


def minor(amount: str | None) -> int:
    """Return an amount of a currency with cents in cents."""
    return int(Decimal(amount or "0") * 100)


def day_after(text: str | None) -> date:
    """Return the day after a last day: Stripe's ends are exclusive."""
    assert text is not None
    return date.fromisoformat(text) + timedelta(days=1)


class Account:
    """Builds the objects from the demo's tables."""

    def __init__(self, tables: dict[str, Rows]) -> None:
        self.tables = tables
        self.books = Books()
        self.plans = {row["plan_id"]: row for row in tables["plans"]}
        self.prices: dict[str, Price] = {}
        self.coupons: dict[float, Coupon] = {}
        self.discounts: dict[tuple[str, float], Discount] = {}
        self.lines_of: dict[str, Rows] = defaultdict(list)
        self.lines_by_name: dict[str, Rows] = defaultdict(list)
        for line in tables["invoice_lines"]:
            self.lines_of[str(line["invoice_id"])].append(line)
            self.lines_by_name[str(line["line_id"])].append(line)
        self.spans = self._spans()
        self._customers()
        self._products()
        for rows in self._subscriptions():
            self._subscription(rows)
        for row in tables["invoices"]:
            self._invoice(row)
        self.books.prices = list(self.prices.values())
        self.books.coupons = list(self.coupons.values())

    # -- who and what --------------------------------------------------------------------------

    def _customers(self) -> None:
        """One customer for each company that was ever billed; two do not carry the CRM's id."""
        companies = {row["hs_object_id"]: row for row in self.tables["companies"]}
        rows = [*self.tables["subscriptions"], *self.tables["invoices"]]
        for place, key in enumerate(sorted({str(row["company_id"]) for row in rows})):
            known = companies[key]
            created = datetime.fromisoformat(str(known["createdate"]).replace("Z", "+00:00"))
            self.books.customers.append(
                Customer(
                    f"cus_{key}",
                    int(created.timestamp()),
                    known["name"],
                    f"billing@{known['domain']}" if known["domain"] else None,
                    known["country"],
                    None if place % 50 == 25 else key,
                )
            )

    def _products(self) -> None:
        for key, row in self.plans.items():
            self.books.products.append(
                Product(
                    f"prod_{key}",
                    str(row["plan_name"]),
                    1_640_995_200,
                    row["product_family"],
                    row["is_active"] == "true",
                )
            )

    def price(self, row: Row) -> Price:
        """Return the price of a validity period; there is one for each amount of a plan."""
        plan, currency = self.plans[row["plan_id"]], str(row["currency"]).lower()
        amount = minor(row["unit_price"])
        is_recurring = row["line_type"] == "recurring"
        key = f"price_{row['plan_id']}_{currency}_{amount}" + ("" if is_recurring else "_once")
        return self.prices.setdefault(
            key,
            Price(
                key,
                f"prod_{row['plan_id']}",
                currency,
                str(amount),
                str(plan["billing_interval"]) if is_recurring else None,
                int(str(plan["interval_count"])),
                is_active=plan["is_active"] == "true",
            ),
        )

    def discount(self, row: Row) -> Discount | None:
        """Return the coupon in use on a subscription, by the percentage that it takes off."""
        share = float(row["discount_share"] or 0)
        if not share:
            return None
        key, last = str(row["subscription_id"]), row["discount_ends_on"]
        coupon = self.coupons.setdefault(
            share, Coupon(f"PCT{share:.4f}", "forever", percent=round(share * 100, 2))
        )
        return self.discounts.setdefault(
            (key, share),
            Discount(
                f"di_{key}_{share:.4f}",
                coupon,
                moment(key, str(row["valid_from"])),
                moment(key, day_after(last)) if last else None,
            ),
        )

    # -- subscriptions -------------------------------------------------------------------------

    def _spans(self) -> dict[str, list[Row]]:
        """Return the validity periods that have begun, by line, in order of time.

        A subscription that ended does not come back in Stripe: from its return on it is another
        one, with lines of its own.
        """
        lines: dict[str, list[Row]] = defaultdict(list)
        ended: dict[str, int] = defaultdict(int)
        for row in sorted(self.tables["subscriptions"], key=lambda row: str(row["valid_from"])):
            if date.fromisoformat(str(row["valid_from"])) > READ_ON:
                continue
            line = str(row["line_id"])
            suffix = f"_{ended[line] + 1}" if ended[line] else ""
            if row["status"] == "canceled":
                ended[line] += 1
                row = dict(row)
                row["line_id"] = line + suffix
                lines[line + suffix].append(row)
            else:
                lines[line + suffix].append(
                    row
                    | {
                        "line_id": line + suffix,
                        "subscription_id": str(row["subscription_id"]) + suffix,
                    }
                )
        return lines

    def _subscriptions(self) -> Iterable[list[list[Row]]]:
        """Return the recurring lines of each subscription that share their billing interval."""
        found: dict[tuple[str, ...], list[list[Row]]] = defaultdict(list)
        for rows in self.spans.values():
            first = rows[0]
            if first["line_type"] == "recurring":
                interval = (str(first["billing_interval"]), str(first["interval_count"]))
                found[str(first["subscription_id"]), *interval].append(rows)
        names: dict[str, int] = defaultdict(int)
        for (key, *_), lines in found.items():
            names[key] += 1
            for rows in lines:
                for row in rows:
                    row["stripe_id"] = key + (f"_i{names[key]}" if names[key] > 1 else "")
        return found.values()

    def _subscription(self, lines: list[list[Row]]) -> None:
        """Append what Stripe tells of a subscription today, and its invoices of nothing."""
        main = lines[0]
        first, last = main[0], main[-1]
        key = str(first["stripe_id"])
        served = [row for row in main if row["status"] != "canceled"][-1]
        end = served["valid_to"]
        is_over = end is not None and date.fromisoformat(end) < READ_ON
        is_ending = served["cancel_requested_on"] is not None
        trials = [row for row in main if row["status"] == "trialing"]
        stop = moment(key, day_after(end)) if end and (is_over or is_ending) else None
        start = moment(key, str(first["valid_from"]))
        items = [
            Item(
                f"si_{rows[0]['line_id']}",
                self.price(row),
                int(str(row["quantity"])),
                moment(key, str(rows[0]["valid_from"])),
            )
            for rows in lines
            for row in [[row for row in rows if row["status"] != "canceled"][-1]]
        ]
        discount = self.discount(served)
        if discount and discount.end and discount.end < moment(key, READ_ON):
            discount = None
        requested = served["cancel_requested_on"]
        status = str(served["status"])
        self.books.subscriptions.append(
            Subscription(
                f"sub_{key}",
                f"cus_{first['company_id']}",
                start,
                items,
                start,
                self._period_end(lines, key) or stop or start,
                status="canceled" if is_over else "active" if status == "paused" else status,
                currency=str(first["currency"]).lower(),
                trial_start=moment(key, str(trials[0]["valid_from"])) if trials else None,
                trial_end=moment(key, day_after(trials[-1]["trial_ends_on"])) if trials else None,
                canceled_at=moment(key, requested) if requested else stop if is_over else None,
                cancel_at=stop,
                cancel_at_period_end=is_ending,
                ended_at=stop if is_over else None,
                pause="void" if status == "paused" and not is_over else None,
                discount=discount,
                collection="send_invoice",
                deal_id=first["deal_id"],
                feedback=FEEDBACK.get(str(last["cancellation_reason"])),
                reason=(
                    "payment_failed"
                    if is_over and served["status"] == "past_due"
                    else "cancellation_requested"
                    if is_over and requested
                    else None
                ),
            )
        )
        for rows in lines:
            self._unpaid(rows, key)

    def _period_end(self, lines: list[list[Row]], key: str) -> int | None:
        names = {str(row["line_id"]).split("_")[0] for rows in lines for row in rows}
        ends = [day_after(row["period_end"]) for name in names for row in self.lines_by_name[name]]
        return moment(key, max(ends)) if ends else None

    def _unpaid(self, rows: list[Row], key: str) -> None:
        """Append Stripe's invoices of 0 for a trial and for a free plan: the demo has none."""
        for row in rows:
            start = date.fromisoformat(str(row["valid_from"]))
            stop = day_after(row["valid_to"]) if row["valid_to"] else READ_ON + timedelta(days=1)
            is_free = row["status"] == "active" and minor(row["unit_price"]) == 0
            if row["status"] != "trialing" and not is_free:
                continue
            while start < stop and start <= READ_ON:
                end = stop
                if is_free:
                    month = start.year * 12 + start.month
                    end = start.replace(year=month // 12, month=month % 12 + 1)
                at = moment(key, start)
                line = InvoiceLine(
                    f"il_{row['line_id']}_{start}",
                    0,
                    self.price(row),
                    at,
                    moment(key, end),
                    int(str(row["quantity"])),
                    f"si_{row['line_id']}",
                )
                self.books.invoices.append(
                    Invoice(
                        f"in_0_{row['line_id']}_{start}",
                        f"cus_{row['company_id']}",
                        at,
                        [line],
                        f"sub_{key}",
                        str(row["currency"]).lower(),
                        finalized_at=at,
                        paid_at=at,
                        collection="send_invoice",
                    )
                )
                start = end

    # -- invoices ------------------------------------------------------------------------------

    def _invoice(self, row: Row) -> None:
        lines = self.lines_of[str(row["invoice_id"])]
        if row["invoice_type"] == "credit_note":
            self._credit_note(row, lines)
            return
        issued = str(row["issued_on"])
        spans = [self._span(line) for line in lines]
        keys = [str(span["stripe_id"]) for span in spans if "stripe_id" in span]
        key = keys[0] if keys else str(row["subscription_id"])
        at = moment(key, issued)
        is_failed = any(span["status"] == "past_due" for span in spans)
        discounts = [self.discount(span) for span in spans]
        parts = [
            part
            for line, span in zip(lines, spans, strict=True)
            for part in self._lines(line, span, str(span.get("stripe_id", key)))
        ]
        self.books.invoices.append(
            Invoice(
                f"in_{row['invoice_id']}",
                f"cus_{row['company_id']}",
                at,
                parts,
                f"sub_{key}",
                str(row["currency"]).lower(),
                str(row["status"]),
                finalized_at=at,
                paid_at=moment(key, row["paid_on"]) if row["paid_on"] else None,
                voided_at=moment(key, issued) + 3_600 if row["status"] == "void" else None,
                uncollectible_at=(
                    moment(key, day_after(max(str(span["valid_to"]) for span in spans)))
                    if row["status"] == "uncollectible"
                    else None
                ),
                due_date=None if is_failed else moment(key, str(row["due_on"])),
                collection="charge_automatically" if is_failed else "send_invoice",
                attempts=3 if is_failed else 1,
                discount=next((one for one in discounts if one), None),
                tax=minor(row["tax_amount"]),
            )
        )

    def _span(self, line: Row) -> Row:
        """Return the validity period that an invoice line bills."""
        name, on = str(line["line_id"]), str(line["period_start"])
        lines = [self.spans.get(name + suffix, []) for suffix in ("", "_2", "_3")]
        [found] = [
            row
            for rows in lines
            for row in rows
            if str(row["valid_from"]) <= on and on <= (row["valid_to"] or "9999")
            if row["status"] != "canceled"
        ]
        return found

    def _lines(self, line: Row, span: Row, key: str) -> Iterable[InvoiceLine]:
        """Return Stripe's line, or the two lines of a raise within a term that was billed."""
        start, end = str(line["period_start"]), day_after(line["period_end"])
        net, name = minor(line["amount_excl_tax"]), f"il_{line['invoice_line_id']}"
        price, quantity = self.price(span), int(str(span["quantity"]))
        if span["line_type"] != "recurring":
            amount = int(str(price.amount)) * quantity
            assert amount == net, line
            yield InvoiceLine(name, amount, price, moment(key, start), moment(key, end), quantity)
            return
        item = f"si_{span['line_id']}"
        term = min(
            str(other["period_start"])
            for other in self.lines_by_name[str(line["line_id"])]
            if other["period_end"] == line["period_end"]
        )
        if term == start:
            amount = int(str(price.amount)) * quantity
            ended = span["discount_ends_on"]
            if ended and ended < start:
                # The demo goes on with the lower amount after the discount: as goodwill, by hand.
                yield InvoiceLine(
                    f"{name}_goodwill",
                    net - amount,
                    price,
                    moment(key, start),
                    moment(key, end),
                )
                net = amount
            yield InvoiceLine(
                name,
                amount,
                price,
                moment(key, start),
                moment(key, end),
                quantity,
                item,
                discounted=amount - net,
            )
            return
        days = [date.fromisoformat(start), date.fromisoformat(term)]
        left, whole = (end - days[0]).days, (end - days[1]).days
        before = self._span(line | {"period_start": str(days[0] - timedelta(days=1))})
        share = 1 - Decimal(str(before["discount_share"] or 0))
        old = int(minor(before["unit_price"]) * int(str(before["quantity"])) * share)
        unused = old * left // whole
        period = moment(key, start), moment(key, end)
        yield InvoiceLine(
            f"{name}_unused",
            -unused,
            self.price(before),
            *period,
            int(str(before["quantity"])),
            item,
            is_proration=True,
        )
        yield InvoiceLine(name, net + unused, price, *period, quantity, item, is_proration=True)

    def _credit_note(self, row: Row, lines: list[Row]) -> None:
        """Append a credit note of the invoice before it; it names the lines that it takes back."""
        key = str(row["subscription_id"])
        stem, _, number = str(row["invoice_id"]).rpartition("-")
        invoice = f"{stem}-{int(number) - 1}"
        billed = self.lines_of[invoice]
        assert [line["line_id"] for line in billed] == [line["line_id"] for line in lines]
        self.books.credit_notes.append(
            CreditNote(
                f"cn_{row['invoice_id']}",
                f"cus_{row['company_id']}",
                moment(key, str(row["issued_on"])),
                [
                    (
                        f"cnli_{line['invoice_line_id']}",
                        f"il_{source['invoice_line_id']}",
                        minor(line["amount_excl_tax"]),
                        int(str(line["quantity"])),
                    )
                    for line, source in zip(lines, billed, strict=True)
                ],
                f"in_{invoice}",
                str(row["currency"]).lower(),
                minor(row["tax_amount"]),
            )
        )
