"""MRR of a Stripe account, computed a second time: plain Python, from the API's objects.

For each month's end and each item of a subscription: which line of which invoice says what is paid
for at that moment, and is it paid for? Nothing here reads the project's SQL or is shared with it.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
# Variable past_due_grace_days, as the project has it.
GRACE = timedelta(days=30)
DECIMALS = {"jpy": 0, "kwd": 3}
MONTHS = {"month": Fraction(1), "year": Fraction(12), "week": Fraction(12, 52)}


def day_of(second):
    return datetime.fromtimestamp(second, PARIS).date()


def last_second(on):
    """The last second of a day in Paris."""
    after = on + timedelta(days=1)
    return int(datetime(after.year, after.month, after.day, tzinfo=PARIS).timestamp()) - 1


def mrr(books, on, read_at):
    """Customer -> MRR on a day, in the currency of its subscription; without those of nothing."""
    amounts = defaultdict(Fraction)
    for subscription in books.subscriptions:
        amount = sum(
            (
                of_item(books, subscription, item, last_second(on), read_at)
                for item in items_of(books, subscription)
            ),
            Fraction(0),
        )
        if amount and serves(books, subscription, on):
            amounts[subscription.customer] += amount
    return dict(amounts)


def serves(books, subscription, on):
    """Whether a subscription is paid service on a day: begun, not over, not on trial, not owing."""
    if subscription.status.startswith("incomplete"):
        return False
    if on < day_of(subscription.start):
        return False
    if subscription.ended_at and on >= day_of(subscription.ended_at):
        return False
    if subscription.trial_end and on < day_of(subscription.trial_end):
        return False
    if is_never_paid(books, subscription):
        return False
    return not any(since + GRACE < on <= until for since, until in arrears(books, subscription))


def is_never_paid(books, subscription):
    """Whether a subscription was charged, in vain, and never paid a bill of more than nothing."""
    bills = [
        invoice
        for invoice in books.invoices
        if invoice.subscription == subscription.id and invoice.net > 0
        if invoice.collection == "charge_automatically" and invoice.status not in ("void", "draft")
        if not (invoice.uncollectible_at and invoice.uncollectible_at == invoice.finalized_at)
    ]
    return bool(bills) and not any(invoice.status == "paid" for invoice in bills)


def arrears(books, subscription):
    """The days from which and to which each late invoice was owed."""
    is_owing = subscription.status in ("past_due", "unpaid") or (
        subscription.status == "canceled" and subscription.reason == "payment_failed"
    )
    for invoice in books.invoices:
        if invoice.subscription != subscription.id:
            continue
        if invoice.collection == "send_invoice":
            since = day_of(invoice.due_date) + timedelta(days=1)
        elif invoice.finalized_at:
            since = day_of(invoice.finalized_at)
        if invoice.status in ("open", "uncollectible") and is_owing:
            yield since, date.max
        elif invoice.status == "paid":
            is_late = invoice.attempts > 1 or invoice.collection == "send_invoice"
            if is_late and day_of(invoice.paid_at) >= since:
                yield since, day_of(invoice.paid_at)


def items_of(books, subscription):
    today = {item.id for item in subscription.items}
    billed = {
        line.item
        for invoice in books.invoices
        if invoice.subscription == subscription.id
        for line in invoice.lines[:10]
        if line.item
    }
    return sorted(today | billed)


def of_item(books, subscription, item, second, read_at):
    """What one item charges a month at a moment."""
    bills = [
        (line.start, line.amount >= 0 or not line.is_proration, line, invoice)
        for invoice in books.invoices
        if invoice.status in ("paid", "open", "uncollectible")
        if not (invoice.uncollectible_at and invoice.uncollectible_at == invoice.finalized_at)
        # The list of lines in an invoice ends with the tenth.
        for line in invoice.lines[:10]
        if line.item == item
    ]
    [today] = [one for one in subscription.items if one.id == item] or [None]
    if not bills:
        return charge(today.price, today.quantity, 1) if second >= today.created else Fraction(0)
    begun = [bill for bill in bills if bill[0] <= second]
    if not begun:
        return Fraction(0)
    _, is_charge, line, invoice = max(begun, key=lambda bill: bill[:2])
    if not is_charge:
        return Fraction(0)
    if line.end <= second:
        # Nothing is billed at this moment: it goes on only if nothing says otherwise.
        is_over = subscription.ended_at or subscription.pause or today is None
        if is_over or any(start > second for start, *_ in bills):
            return Fraction(0)
    is_last = line.start == max(start for start, *_ in bills)
    if is_last and today and not subscription.ended_at and second >= last_second(day_of(read_at)):
        quantity, price = today.quantity, today.price
        if quantity is not None and (quantity != line.quantity or price is not line.price):
            return charge(price, quantity, 1)
    share = Fraction(1)
    if line.discounted:
        coupon = invoice.discount.coupon
        share -= (
            Fraction(str(coupon.percent)) / 100
            if coupon.percent
            else Fraction(coupon.amount, line.amount)
        )
    if line.is_tax_inclusive:
        share *= Fraction(line.amount - line.tax, line.amount)
    if line.price.amount is None:
        return in_months(line.price, Fraction(line.amount) * share)
    return charge(line.price, line.quantity, share)


def charge(price, quantity, share):
    units = quantity or 0
    if price.divide_by:
        units = -(-units // price.divide_by)
    return in_months(price, Fraction(price.amount) * units * share)


def in_months(price, amount):
    if price.usage == "metered":
        return Fraction(0)
    major = amount / 10 ** DECIMALS.get(price.currency, 2)
    return major / (MONTHS[price.interval] * price.count)
