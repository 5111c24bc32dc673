"""Purchases of a customer: subscription lines by validity period, invoices, their lines.

A line is drawn as an opening state and dated events; `periods` turns them into one span per
validity period, and `write_subscription` bills those spans. Hand-written cases use the same two
functions, so that their invoices agree with their periods too.

`unit_price` is the agreed price before `discount_share`; the discount applies up to and including
`discount_ends_on`. A line that ends is followed by a period of status `canceled` from the day
after `paid_until`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from generator import clock, crm
from generator.clock import LAST_DAY, day_text
from generator.crm import Account, Deal
from generator.names import row_id
from generator.tables import Batch
from generator.world import CHANNELS, PLANS, World, money, price_in

UPGRADES = {"starter": "growth", "growth": "scale"}
YEARLY_CHURN = 0.125
"""Share of customers lost per year before the channel's multiplier."""
CANCELLATION_REASONS = {
    "price": 24,
    "missing_feature": 18,
    "switched_to_competitor": 16,
    "unused": 14,
    "company_closed": 8,
    "": 20,
}
"""Why a customer asked to leave, with weights: one in five does not say."""


@dataclass(frozen=True)
class Span:
    """One validity period of a line; days are inclusive, `end` None while it runs.

    `never_paid` is the status of its bills if they are never paid: `void` or `uncollectible`.
    """

    start: int
    plan: str
    quantity: int
    unit_cents: int
    list_cents: int
    end: int | None = None
    status: str = "active"
    discount: float = 0.0
    discount_ends: int | None = None
    trial_ends: int | None = None
    past_due_since: int | None = None
    never_paid: str = ""

    @property
    def cents(self) -> int:
        """The price of one billing period."""
        return round(self.quantity * self.unit_cents * (1 - self.discount))


@dataclass
class Line:
    """A subscription line; `anchor` is the day billing periods are counted from."""

    id: str
    kind: str
    anchor: int
    spans: list[Span]
    cancel_requested: int | None = None
    paid_until: int | None = None


Event = tuple[int, str, float | str]
"""A day, what happens, and its value: see `_apply` for the kinds."""


def _apply(span: Span, event: Event, currency: str) -> Span:
    day, kind, value = event
    if kind == "add":
        return replace(span, quantity=span.quantity + int(value))
    if kind == "shrink":
        return replace(span, quantity=max(1, round(span.quantity * float(value))))
    if kind == "price":
        return replace(
            span,
            unit_cents=round(span.unit_cents * float(value)),
            list_cents=round(span.list_cents * float(value)),
        )
    if kind == "plan":
        cents = price_in(currency, PLANS[str(value)].cents)
        return replace(span, plan=str(value), unit_cents=cents, list_cents=cents)
    if kind == "full_price":
        return replace(span, discount=0.0, discount_ends=None)
    if kind == "status":
        since = day if value == "past_due" else None
        return replace(span, status=str(value), past_due_since=since)
    raise ValueError(f"unknown event {kind}")


def periods(
    opening: Span, events: Sequence[Event], end: int | None, currency: str = "EUR"
) -> list[Span]:
    """Return the validity periods of a line: each day with events opens a new one."""
    spans, current = [], opening
    for event in sorted(events, key=lambda item: item[0]):
        if event[0] <= opening.start or (end is not None and event[0] > end):
            continue
        if event[0] > current.start:
            spans.append(replace(current, end=event[0] - 1))
            current = replace(current, start=event[0])
        current = _apply(current, event, currency)
    spans.append(replace(current, end=end))
    return spans


# --- a customer's life ------------------------------------------------------------------------


def live(world: World, account: Account, batch: Batch) -> int | None:
    """Draw what a won account buys, add its expansion deals, and append the billing rows.

    Returns the last day served, or None while the subscription runs.
    """
    deal = account.won
    if deal is None or deal.closed is None:
        return None
    rng = world.rng("billing", account.index)
    plan = PLANS[deal.plan]
    start = deal.closed // crm.DAY + 1 + int(rng.random() * 14)
    if rng.random() < 0.45:
        start = clock.month_start(clock.month_of(start) + 1)
    trial = (14 if rng.random() < 0.7 else 30) if rng.random() < 0.08 else 0
    anchor = start + trial
    end, requested = _ending(rng, account, deal, anchor)
    events, addons = _events(world, rng, account, deal, anchor, end)
    opening = Span(
        start,
        deal.plan,
        deal.quantity,
        deal.unit_cents,
        deal.list_cents,
        status="trialing" if trial else "active",
        discount=deal.discount,
        trial_ends=anchor - 1 if trial else None,
    )
    if trial:
        events.append((anchor, "status", "active"))
    if deal.discount and rng.random() < 0.5:
        months = 12 if plan.interval == "year" else 6
        off = clock.add_months(anchor, 36 if plan.count == 3 else months)
        opening = replace(opening, discount_ends=off - 1)
        events.append((off, "full_price", 0))
    key = f"S{row_id(100_001, account.index)}"
    lines = [
        Line(
            f"{key}-1",
            "recurring",
            anchor,
            periods(opening, events, end, account.currency),
            requested,
            end,
        )
    ]
    for place, (day, quantity) in enumerate(addons, start=2):
        name = "insights_m" if plan.interval == "month" else "insights_y"
        cents = price_in(account.currency, PLANS[name].cents)
        span = Span(day, name, quantity, cents, cents, end=end)
        lines.append(Line(f"{key}-{place}", "recurring", day, [span], requested, end))
    if account.team in ("Enterprise", "Mid-Market") and rng.random() < 0.4:
        cents = price_in(account.currency, PLANS["onboarding"].cents)
        days = 1 + int(rng.random() * 3)
        last = clock.add_months(anchor, 1) - 1
        span = Span(anchor, "onboarding", days, cents, cents, end=last)
        kind = "setup" if rng.random() < 0.8 else "one_off"
        lines.append(Line(f"{key}-{len(lines) + 1}", kind, anchor, [span], None, last))
    if requested is not None and plan.interval == "month" and not _reason(world, key):
        lines = [_left_unpaid(line, clock.add_months(end + 1, -1)) for line in lines]
    write_subscription(world, rng, account.id, deal.id, key, account.currency, lines, batch)
    return end


def _ending(
    rng: Random, account: Account, deal: Deal, anchor: int
) -> tuple[int | None, int | None]:
    """Return the last paid day and the day the customer asked to leave, or two Nones."""
    plan = PLANS[deal.plan]
    yearly = YEARLY_CHURN * CHANNELS[account.channel].churn * (0.8 + 0.4 * rng.random())
    if account.team == "Enterprise":
        yearly *= 0.6
    months = plan.count * (12 if plan.interval == "year" else 1)
    odds = yearly if months >= 12 else yearly / 12
    for term in range(1, 60):
        boundary = clock.add_months(anchor, months * term)
        if boundary > LAST_DAY + 100:
            break
        if rng.random() < odds and (months >= 12 or term > 2):
            notice = 20 + int(rng.random() * 60) if months >= 12 else 1 + int(rng.random() * 25)
            if boundary - 1 - notice <= LAST_DAY:
                return boundary - 1, boundary - 1 - notice
            break
    return None, None


def _events(
    world: World, rng: Random, account: Account, deal: Deal, anchor: int, end: int | None
) -> tuple[list[Event], list[tuple[int, int]]]:
    """Return the main line's events and its add-ons as (first day, quantity)."""
    plan = PLANS[deal.plan]
    months = plan.count * (12 if plan.interval == "year" else 1)
    stop = LAST_DAY if end is None else end
    events: list[Event] = []
    addons: list[tuple[int, int]] = []
    for term in range(1, 60):
        boundary = clock.add_months(anchor, months * term)
        if boundary > stop:
            break
        share = rng.random()
        if months >= 12:
            if share < 0.08:
                events.append((boundary, "shrink", 0.6 + 0.25 * rng.random()))
            elif share > 0.5:
                events.append((boundary, "price", 1.03))
        elif share < 0.005:
            events.append((boundary, "shrink", 0.6 + 0.25 * rng.random()))
        elif share > 0.996 and boundary + 100 < stop:
            back = clock.add_months(boundary, 1 + int(rng.random() * 3))
            events += [(boundary, "status", "paused"), (back, "status", "active")]
        elif 0.990 < share < 0.993:
            recovered = boundary + 12 + int(rng.random() * 40)
            events += [(boundary, "status", "past_due"), (recovered, "status", "active")]
    opened = anchor + 60 + int(rng.random() * 200)
    quantity, name = deal.quantity, deal.plan
    for place in range(10):
        if opened > stop - 45:
            break
        added = crm.add_expansion(world, account, place, opened)
        if added is None:
            break
        stem, _, suffix = name.partition("_")
        share = rng.random()
        higher = UPGRADES.get(stem)
        kind = "add"
        if share < 0.16 and not addons:
            kind = "add_on"
            added.plan, added.quantity = "insights_m" if months == 1 else "insights_y", quantity
        elif share < 0.34 and higher:
            kind, added.plan, added.quantity = "plan", f"{higher}_{suffix}", quantity
        if kind != "add":
            cents = price_in(account.currency, PLANS[added.plan].cents)
            added.unit_cents = added.list_cents = cents
            if kind == "plan":
                cents -= price_in(account.currency, PLANS[name].cents)
            added.discount = 0.0
            added.cents = crm.yearly_cents(added.plan, quantity, cents, 0.0)
        if added.closed is None:
            break
        if added.is_won:
            first = added.closed // crm.DAY + 1
            if months == 1:
                first = _next_boundary(anchor, first)
            if first <= stop:
                if kind == "add":
                    events.append((first, "add", added.quantity))
                    quantity += added.quantity
                elif kind == "plan":
                    events.append((first, "plan", added.plan))
                    name = added.plan
                else:
                    addons.append((first, quantity))
        opened = added.closed // crm.DAY + 110 + int(rng.random() * 290)
    return events, addons


def _next_boundary(anchor: int, day: int) -> int:
    term = max(1, clock.month_of(day) - clock.month_of(anchor))
    found = clock.add_months(anchor, term)
    return found if found >= day else clock.add_months(anchor, term + 1)


def unpaid(span: Span, start: int, end: int, never_paid: str) -> Span:
    """Return the period that follows another one, past due from its first day to its last."""
    return replace(
        span,
        start=start,
        end=end,
        status="past_due",
        past_due_since=start,
        never_paid=never_paid,
    )


def _left_unpaid(line: Line, since: int) -> Line:
    """Return a line that ends because its last bill, of the day `since`, was never paid."""
    spans = []
    for span in line.spans:
        if line.kind != "recurring" or span.end is None or span.end < since:
            spans.append(span)
            continue
        if span.start < since:
            spans.append(replace(span, end=since - 1))
        start = max(span.start, since)
        spans.append(replace(unpaid(span, start, span.end, "uncollectible"), past_due_since=since))
    return replace(line, spans=spans, cancel_requested=None)


# --- rows -------------------------------------------------------------------------------------


def _reason(world: World, key: str) -> str:
    """Return why the customer of a subscription asks to leave, empty if it does not say."""
    [reason] = world.rng("cancellation-reason", key).choices(
        list(CANCELLATION_REASONS), list(CANCELLATION_REASONS.values())
    )
    return reason


def write_subscription(
    world: World,
    rng: Random,
    company: str,
    deal: str,
    key: str,
    currency: str,
    lines: Sequence[Line],
    batch: Batch,
    *,
    has_canceled_period: bool = True,
) -> None:
    """Append the validity periods of a subscription's lines, and its invoices up to the end."""
    reason = _reason(world, key)
    for line in lines:
        spans = list(line.spans)
        last = spans[-1]
        if (
            has_canceled_period
            and line.kind == "recurring"
            and last.end is not None
            and last.end < LAST_DAY
        ):
            spans.append(replace(last, start=last.end + 1, end=None, status="canceled"))
        for span in spans:
            plan = PLANS[span.plan]
            is_last = span.end == line.paid_until or span.status == "canceled"
            is_asked_for = is_last and line.cancel_requested is not None
            batch["subscriptions"].append(
                (
                    key,
                    line.id,
                    company,
                    deal,
                    span.plan,
                    line.kind,
                    span.status,
                    str(span.quantity),
                    money(span.unit_cents),
                    money(span.list_cents),
                    f"{span.discount:.2f}",
                    day_text(span.discount_ends),
                    currency,
                    plan.interval,
                    str(plan.count),
                    day_text(span.start),
                    day_text(span.end),
                    day_text(span.trial_ends),
                    day_text(line.cancel_requested) if is_last else "",
                    day_text(line.paid_until) if is_last else "",
                    day_text(span.past_due_since),
                    reason if is_asked_for else "",
                )
            )
    _write_invoices(rng, company, deal, key, currency, lines, batch)


@dataclass(frozen=True)
class _Charge:
    day: int
    line: Line
    span: Span
    quantity: int
    cents: int
    last_day: int


def _charges(line: Line) -> list[_Charge]:
    """Return what a line is charged up to the last day: full terms, and raises within a term."""
    if line.kind != "recurring":
        span = line.spans[0]
        if span.start > LAST_DAY:
            return []
        return [_Charge(span.start, line, span, span.quantity, span.cents, span.end or span.start)]
    found = []
    plan = PLANS[line.spans[0].plan]
    for term in range(1_200):
        first = clock.add_intervals(line.anchor, plan.interval, plan.count * term)
        after = clock.add_intervals(line.anchor, plan.interval, plan.count * (term + 1))
        if first > LAST_DAY:
            break
        before = None
        for span in line.spans:
            if span.end is not None and span.end < first:
                continue
            if span.start >= after or span.start > LAST_DAY:
                break
            if span.status not in ("active", "past_due"):
                before = None
            elif span.start <= first:
                found.append(_Charge(first, line, span, span.quantity, span.cents, after - 1))
                before = span
            elif before is not None:
                raised = (span.cents - before.cents) * (after - span.start) // (after - first)
                if raised > 0:
                    seats = max(1, span.quantity - before.quantity)
                    found.append(_Charge(span.start, line, span, seats, raised, after - 1))
                before = span
    return [charge for charge in found if charge.cents > 0]


def _write_invoices(
    rng: Random,
    company: str,
    deal: str,
    key: str,
    currency: str,
    lines: Sequence[Line],
    batch: Batch,
) -> None:
    by_day: dict[int, list[_Charge]] = {}
    for line in lines:
        for charge in _charges(line):
            by_day.setdefault(charge.day, []).append(charge)
    number = 0

    def issue(kind: str, status: str, day: int, paid: int | None, parts: list) -> None:
        nonlocal number
        number += 1
        invoice = f"F{key[1:]}-{number}"
        total = sum(cents for _, _, cents in parts)
        batch["invoices"].append(
            (
                invoice,
                company,
                key,
                deal,
                kind,
                status,
                currency,
                money(total),
                money(round(total * 0.2) if currency == "EUR" else 0),
                day_text(day),
                day_text(day + 30),
                day_text(paid),
            )
        )
        for place, (charge, quantity, cents) in enumerate(parts, start=1):
            batch["invoice_lines"].append(
                (
                    f"{invoice}-{place}",
                    invoice,
                    charge.line.id,
                    charge.span.plan,
                    charge.line.kind,
                    str(quantity),
                    money(cents),
                    day_text(charge.day),
                    day_text(charge.last_day),
                )
            )

    for day, charges in sorted(by_day.items()):
        parts = [(charge, charge.quantity, charge.cents) for charge in charges]
        share = rng.random()
        paid: int | None = day + 8 + int(rng.random() ** 2 * 45)
        owing = charges[0].span
        if owing.never_paid:
            issue("invoice", owing.never_paid, day, None, parts)
            continue
        if owing.status == "past_due":
            paid = None if owing.end is None else max(day, owing.end)
        if share > 0.994 or (paid is not None and paid > LAST_DAY):
            paid = None
        if share < 0.01 and day + 3 <= LAST_DAY:
            issue("invoice", "void", day, None, parts)
            day, paid = day + 3, paid if paid is None else min(paid + 3, LAST_DAY)
        issue("invoice", "open" if paid is None else "paid", day, paid, parts)
        if 0.01 <= share < 0.025 and paid is not None:
            credit = day + 10 + int(rng.random() * 30)
            if credit <= LAST_DAY:
                part = 0.2 + 0.8 * rng.random() if share < 0.02 else 1.0
                # A month may be given back, a year of service is not: there is a goodwill on it.
                if PLANS[owing.plan].interval == "year":
                    part *= 0.25
                back = [
                    (charge, quantity, round(cents * part)) for charge, quantity, cents in parts
                ]
                issue("credit_note", "paid", credit, credit, back)


def write_plans(batch: Batch) -> None:
    """Append the price list."""
    for key, plan in PLANS.items():
        batch["plans"].append(
            (
                key,
                plan.name,
                plan.family,
                plan.interval,
                str(plan.count),
                money(plan.cents),
                "EUR",
                "true" if plan.is_active else "false",
            )
        )
