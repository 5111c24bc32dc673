"""Awkward customers of Stripe, one for each trap.

Their MRR is worked by hand in a fixture of the tests. The account was read on 31 December 2025;
each customer `cus_<name>` has its case; moments are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

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

READ_AT = "2025-12-31T10:00"


def at(text: str) -> int:
    """Return the second of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def later(text: str, months: int) -> str:
    """Return the same moment some months later; the days of these cases are in every month."""
    moment = datetime.fromisoformat(text)
    month = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=month // 12, month=month % 12 + 1).isoformat(timespec="minutes")


def terms_from(start: str, months: int = 1, until: str = READ_AT) -> list[tuple[str, str]]:
    """Return the periods of so many months that begin before a moment."""
    found = []
    for number in range(100):
        begin = later(start, months * number)
        if begin >= until:
            break
        found.append((begin, later(start, months * (number + 1))))
    return found


class Account:
    """Collects the objects of the cases."""

    def __init__(self) -> None:
        self.books = Books(
            products=[
                Product("prod_basic", "Basic", at("2022-01-01T00:00"), "platform"),
                Product("prod_seats", "Extra seats", at("2022-01-01T00:00"), "add_on"),
            ]
        )
        self.numbers = 0

    def customer(self, name: str, crm: str | None = "same") -> str:
        """Add a customer; by its name the CRM knows it, but for those that it does not."""
        key = f"cus_{name}"
        self.books.customers.append(
            Customer(
                key,
                at("2024-12-01T09:00"),
                name.replace("_", " "),
                f"billing@{name.replace('_', '-')}.example",
                "FR",
                f"crm_{name}" if crm == "same" else crm,
            )
        )
        return key

    def price(self, amount: str | None, currency: str = "eur", **others: object) -> Price:
        """Add a price."""
        product = str(others.pop("product", "prod_basic"))
        key = f"price_{len(self.books.prices) + 1}"
        price = Price(key, product, currency, amount, **others)  # type: ignore[arg-type]
        self.books.prices.append(price)
        return price

    def line(
        self,
        item: str | None,
        price: Price,
        period: tuple[str, str],
        quantity: int | None = 1,
        amount: int | None = None,
        **others: object,
    ) -> InvoiceLine:
        """Return a line of an invoice, by default the whole price of a period."""
        self.numbers += 1
        if amount is None:
            amount = int(str(price.amount)) * (quantity or 0)
        return InvoiceLine(
            f"il_{self.numbers:04}",
            amount,
            price,
            at(period[0]),
            at(period[1]),
            quantity,
            item,
            **others,  # type: ignore[arg-type]
        )

    def invoice(
        self,
        name: str,
        on: str,
        lines: Iterable[InvoiceLine],
        status: str = "paid",
        **others: object,
    ) -> Invoice:
        """Add an invoice of a customer's subscription, finalized and paid at once."""
        self.numbers += 1
        is_final = status != "draft"
        given = {
            "finalized_at": at(on) if is_final else None,
            "paid_at": at(on) if status == "paid" else None,
            "voided_at": at(on) if status == "void" else None,
            "uncollectible_at": at(on) if status == "uncollectible" else None,
            "subscription": f"sub_{name}",
        }
        billed = list(lines)
        currency = billed[0].price.currency
        invoice = Invoice(
            f"in_{self.numbers:04}",
            f"cus_{name}",
            at(on),
            billed,
            currency=currency,
            status=status,
            **(given | others),  # type: ignore[arg-type]
        )
        self.books.invoices.append(invoice)
        return invoice

    def subscribe(
        self, name: str, start: str, items: list[Item], end: str, **others: object
    ) -> Subscription:
        """Add a subscription; `end` is that of the period that is billed."""
        subscription = Subscription(
            f"sub_{name}",
            f"cus_{name}",
            at(start),
            items,
            at(start),
            at(end),
            currency=items[0].price.currency,
            **others,  # type: ignore[arg-type]
        )
        self.books.subscriptions.append(subscription)
        return subscription

    def plain(
        self,
        name: str,
        price: Price,
        start: str,
        quantity: int | None = 1,
        months: int = 1,
        until: str = READ_AT,
        billed: int | None = None,
        **others: object,
    ) -> list[Invoice]:
        """Add a customer with one item that is billed in advance, period by period."""
        self.customer(name)
        periods = terms_from(start, months, until)
        invoices = [
            self.invoice(
                name,
                period[0],
                [self.line(f"si_{name}", price, period, quantity, billed)],
            )
            for period in periods
        ]
        self.subscribe(
            name, start, [Item(f"si_{name}", price, quantity, at(start))], periods[-1][1], **others
        )
        return invoices


def books() -> Books:
    """Return the account."""
    account = Account()
    for case in (_changes, _discounts, _prices, _trials, _ends, _pauses, _arrears, _others):
        case(account)
    return account.books


def _changes(account: Account) -> None:
    """Change what is subscribed to."""
    start = "2025-01-10T09:00"
    basic, seats = account.price("2000"), account.price("500", product="prod_seats")
    account.customer("two_items")
    for begin, end in terms_from(start):
        lines = [account.line("si_two_items", basic, (begin, end))]
        if begin == "2025-04-10T09:00":
            added = ("2025-03-20T14:00", begin)
            lines.append(account.line("si_seats", seats, added, 4, 1_345, is_proration=True))
        if begin >= "2025-04-10T09:00":
            lines.append(account.line("si_seats", seats, (begin, end), 4))
        account.invoice("two_items", begin, lines)
    account.subscribe(
        "two_items",
        start,
        [
            Item("si_two_items", basic, 1, at(start)),
            Item("si_seats", seats, 4, at("2025-03-20T14:00")),
        ],
        "2026-01-10T09:00",
    )

    start, ten = "2025-01-05T09:00", account.price("1000")
    changed = {
        # Ten seats become fourteen on 18 February, and eight on 20 May.
        "2025-03-05T09:00": ("2025-02-18T16:00", 10, -5_310, 14, 7_434),
        "2025-06-05T09:00": ("2025-05-20T08:00", 14, -7_226, 8, 4_129),
    }
    account.customer("quantity")
    for begin, end in terms_from(start):
        quantity = 10 if begin < "2025-03" else 14 if begin < "2025-06" else 8
        lines = []
        if begin in changed:
            on, old, credit, new, charge = changed[begin]
            lines += [
                account.line("si_quantity", ten, (on, begin), old, credit, is_proration=True),
                account.line("si_quantity", ten, (on, begin), new, charge, is_proration=True),
            ]
        lines.append(account.line("si_quantity", ten, (begin, end), quantity))
        account.invoice("quantity", begin, lines)
    account.subscribe(
        "quantity", start, [Item("si_quantity", ten, 8, at(start))], "2026-01-05T09:00"
    )

    start, fifty, sixty = "2025-01-15T09:00", account.price("5000"), account.price("6000")
    account.customer("price_change")
    for begin, end in terms_from(start):
        price = fifty if begin < "2025-06" else sixty
        account.invoice("price_change", begin, [account.line("si_price", price, (begin, end))])
    account.subscribe(
        "price_change", start, [Item("si_price", sixty, 1, at(start))], "2026-01-15T09:00"
    )

    # The second item is taken away on 15 July: there is a credit, and no new charge.
    start = "2025-01-10T09:00"
    account.customer("item_removed")
    for begin, end in terms_from(start):
        lines = [account.line("si_kept", basic, (begin, end))]
        if begin < "2025-08":
            lines.append(account.line("si_removed", seats, (begin, end), 2))
        if begin == "2025-08-10T09:00":
            gone = ("2025-07-15T09:00", begin)
            lines.append(account.line("si_removed", seats, gone, 2, -839, is_proration=True))
        account.invoice("item_removed", begin, lines)
    account.subscribe(
        "item_removed", start, [Item("si_kept", basic, 1, at(start))], "2026-01-10T09:00"
    )

    # Six seats today; five were billed, and no invoice has the sixth yet.
    account.plain("not_billed_yet", ten, "2025-01-20T09:00", 5)
    account.books.subscriptions[-1].items[0].quantity = 6


def _discounts(account: Account) -> None:
    """Take something off the price."""
    for name, price, coupon, off, months in (
        ("percent", account.price("1999"), Coupon("P25", "repeating", 3, percent=25.0), 500, 3),
        ("amount", account.price("10000"), Coupon("A15", "repeating", 2, amount=1500), 1_500, 2),
        ("forever", account.price("3333"), Coupon("P10", "forever", percent=10.0), 333, 100),
    ):
        start = "2025-02-01T09:00"
        name = f"discount_{name}"
        discount = Discount(
            f"di_{name}", coupon, at(start), at(later(start, months)) if months < 100 else None
        )
        if coupon.amount:
            coupon.currency = "eur"
        account.books.coupons.append(coupon)
        account.customer(name)
        for number, period in enumerate(terms_from(start)):
            is_discounted = number < months
            line = account.line(f"si_{name}", price, period, discounted=off if is_discounted else 0)
            account.invoice(name, period[0], [line], discount=discount if is_discounted else None)
        account.subscribe(
            name,
            start,
            [Item(f"si_{name}", price, 1, at(start))],
            "2026-01-01T09:00",
            discount=discount if months == 100 else None,
        )


def _prices(account: Account) -> None:
    """Charge by other intervals, currencies and schemes."""
    start = "2025-01-10T09:00"
    account.plain("yearly", account.price("120000", interval="year"), start, months=12)
    account.plain("quarterly", account.price("30000", count=3), start, months=3)
    account.plain("yen", account.price("5000", "jpy"), start)
    account.plain("dinar", account.price("12500", "kwd"), start)
    account.plain("half_cents", account.price("0.5"), start, 1_000, billed=500)
    # Ten seats at 10, two more at 2.
    account.plain("tiered", account.price(None), start, 12, billed=10_400)
    # Three packages of five seats hold twelve.
    account.plain("packages", account.price("2000", divide_by=5), start, 12, billed=6_000)

    weekly = account.price("1200", interval="week")
    account.customer("weekly")
    second = at("2025-01-06T09:00")
    while second < at(READ_AT):
        period = [datetime.fromtimestamp(s, UTC) for s in (second, second + 7 * 86_400)]
        begin, end = (moment.strftime("%Y-%m-%dT%H:%M") for moment in period)
        account.invoice("weekly", begin, [account.line("si_weekly", weekly, (begin, end))])
        second += 7 * 86_400
    account.subscribe(
        "weekly",
        "2025-01-06T09:00",
        [Item("si_weekly", weekly, 1, at("2025-01-06T09:00"))],
        "2026-01-05T09:00",
    )

    # Usage is billed when it is over, and has no quantity today.
    metered = account.price("10", usage="metered")
    account.customer("metered")
    for begin, end in terms_from(start, until="2025-12-01T00:00"):
        used = account.line("si_metered", metered, (begin, end), 345)
        account.invoice("metered", end, [used])
    account.subscribe(
        "metered", start, [Item("si_metered", metered, None, at(start))], "2026-01-10T09:00"
    )

    taxed = account.price("12000")
    account.customer("tax_inclusive")
    for period in terms_from(start):
        line = account.line("si_tax_inclusive", taxed, period, tax=2_000, is_tax_inclusive=True)
        account.invoice("tax_inclusive", period[0], [line], tax=2_000)
    account.subscribe(
        "tax_inclusive", start, [Item("si_tax_inclusive", taxed, 1, at(start))], "2026-01-10T09:00"
    )


def _trials(account: Account) -> None:
    """Try before buying."""
    price, start, end = account.price("4000"), "2025-03-01T09:00", "2025-03-15T09:00"
    trial = {"trial_start": at(start), "trial_end": at(end)}
    for name in ("trial_kept", "trial_left"):
        account.customer(name)
        line = account.line(f"si_{name}", price, (start, end), amount=0)
        account.invoice(name, start, [line])
    for period in terms_from(end):
        account.invoice("trial_kept", period[0], [account.line("si_trial_kept", price, period)])
    account.subscribe(
        "trial_kept",
        start,
        [Item("si_trial_kept", price, 1, at(start))],
        "2026-01-15T09:00",
        **trial,
    )
    account.subscribe(
        "trial_left",
        start,
        [Item("si_trial_left", price, 1, at(start))],
        end,
        status="canceled",
        canceled_at=at("2025-03-12T11:00"),
        ended_at=at(end),
        **trial,
    )
    # The first bill after the trial fails, until the subscription is given up, or left as unpaid
    # when the bill is given up. One bill is made at 23:30 in Paris, and finalized on the next day.
    # One is paid on 20 March.
    for name, last, status, on, others in (
        ("first_bill_fails", end, "canceled", "open", {}),
        ("first_bill_at_midnight", "2025-03-14T22:30", "past_due", "open", {}),
        (
            "first_bill_given_up",
            end,
            "unpaid",
            "uncollectible",
            {"uncollectible_at": at("2025-04-04T09:00")},
        ),
        ("first_bill_late", end, "active", "paid", {"paid_at": at("2025-03-20T09:00")}),
    ):
        account.customer(name)
        line = account.line(f"si_{name}", price, (start, last), amount=0)
        account.invoice(name, start, [line])
        periods = terms_from(last) if status == "active" else [(last, later(last, 1))]
        for number, period in enumerate(periods):
            line = account.line(f"si_{name}", price, period)
            late = {"attempts": 4, "finalized_at": at(last) + 3_600} | others if not number else {}
            account.invoice(name, period[0], [line], on if not number else "paid", **late)
        is_over = status == "canceled"
        account.subscribe(
            name,
            start,
            [Item(f"si_{name}", price, 1, at(start))],
            periods[-1][1],
            status=status,
            canceled_at=at("2025-04-14T09:00") if is_over else None,
            ended_at=at("2025-04-14T09:00") if is_over else None,
            reason="payment_failed" if is_over else None,
            trial_start=at(start),
            trial_end=at(last),
        )
    # Without a trial, the first payment failed too, and the subscription was given up later.
    account.customer("first_day_fails")
    line = account.line("si_first_day_fails", price, (start, later(start, 1)))
    account.invoice("first_day_fails", start, [line], "open", attempts=4)
    account.subscribe(
        "first_day_fails",
        start,
        [Item("si_first_day_fails", price, 1, at(start))],
        later(start, 1),
        status="canceled",
        canceled_at=at("2025-03-31T09:00"),
        ended_at=at("2025-03-31T09:00"),
        reason="payment_failed",
    )
    # The first payment failed, and a day later it was over.
    account.customer("incomplete")
    line = account.line("si_incomplete", price, (start, later(start, 1)))
    account.invoice("incomplete", start, [line], "void")
    account.subscribe(
        "incomplete",
        start,
        [Item("si_incomplete", price, 1, at(start))],
        later(start, 1),
        status="incomplete_expired",
        ended_at=at("2025-03-02T09:00"),
    )


def _ends(account: Account) -> None:
    """End, in different ways."""
    price, start = account.price("3000"), "2025-01-10T09:00"
    account.plain(
        "cancel_at_end",
        price,
        start,
        until="2025-06-01T00:00",
        status="canceled",
        canceled_at=at("2025-05-20T09:00"),
        ended_at=at("2025-06-10T09:00"),
        feedback="too_expensive",
        reason="cancellation_requested",
    )
    account.plain(
        "cancel_later",
        price,
        start,
        canceled_at=at("2025-12-20T09:00"),
        cancel_at=at("2026-01-10T09:00"),
        cancel_at_period_end=True,
    )
    account.plain(
        "cancel_at_once",
        price,
        start,
        until="2025-06-01T00:00",
        status="canceled",
        canceled_at=at("2025-05-20T15:00"),
        ended_at=at("2025-05-20T15:00"),
        reason="cancellation_requested",
    )
    unused = ("2025-05-20T15:00", "2025-06-10T09:00")
    credit = account.line("si_cancel_at_once", price, unused, 1, -2_008, is_proration=True)
    account.invoice("cancel_at_once", "2025-05-20T15:00", [credit])

    # The customer is no longer listed.
    account.plain(
        "deleted",
        price,
        start,
        until="2025-04-01T00:00",
        status="canceled",
        ended_at=at("2025-04-10T09:00"),
    )
    account.books.customers.pop()

    # It begins on 1 February in Paris, and ends on 1 July.
    price, days = account.price("1500"), ("01-31", "02-28", "03-31", "04-30", "05-31", "06-30")
    moments = [f"2025-{day}T23:30" for day in days]
    account.customer("near_midnight")
    for period in pairwise(moments):
        line = account.line("si_near_midnight", price, period)
        account.invoice("near_midnight", period[0], [line])
    account.subscribe(
        "near_midnight",
        moments[0],
        [Item("si_near_midnight", price, 1, at(moments[0]))],
        moments[-1],
        status="canceled",
        ended_at=at(moments[-1]),
    )


def _pauses(account: Account) -> None:
    """Pause; the invoices of a pause are void, or given up when they are made."""
    price, start = account.price("7000"), "2025-03-10T09:00"
    for name, unpaid, is_paused in (
        ("paused_once", {"2025-06-10T09:00": "void", "2025-07-10T09:00": "void"}, False),
        ("paused_now", {later(start, n): "uncollectible" for n in range(7, 10)}, True),
    ):
        account.customer(name)
        for period in terms_from(start):
            line = account.line(f"si_{name}", price, period)
            account.invoice(name, period[0], [line], unpaid.get(period[0], "paid"))
        account.subscribe(
            name,
            start,
            [Item(f"si_{name}", price, 1, at(start))],
            "2026-01-10T09:00",
            pause="mark_uncollectible" if is_paused else None,
        )


def _arrears(account: Account) -> None:
    """Do not pay, or pay late."""
    price, start = account.price("6000"), "2025-01-10T09:00"
    account.customer("never_paid")
    for period in terms_from(start, until="2025-06-01T00:00"):
        line = account.line("si_never_paid", price, period)
        status = "paid" if period[0] < "2025-04" else "open" if period[0] < "2025-05" else "draft"
        attempts = 4 if status == "open" else 1
        account.invoice("never_paid", period[0], [line], status, attempts=attempts)
    account.subscribe(
        "never_paid",
        start,
        [Item("si_never_paid", price, 1, at(start))],
        "2025-06-10T09:00",
        status="canceled",
        canceled_at=at("2025-06-09T09:00"),
        ended_at=at("2025-06-09T09:00"),
        reason="payment_failed",
    )
    for name, status in (("paid_late", "active"), ("past_due_now", "past_due")):
        account.customer(name)
        for period in terms_from(start):
            line = account.line(f"si_{name}", price, period)
            late: dict[str, object] = {}
            if name == "paid_late" and period[0].startswith("2025-03"):
                # Due on 9 April, and paid on 20 June.
                late = {"paid_at": at("2025-06-20T09:00")}
            if name == "past_due_now" and period[0] >= "2025-11":
                late = {"paid_at": None, "status": "open"}
            due = later(period[0], 1)
            account.invoice(
                name,
                period[0],
                [line],
                **({"collection": "send_invoice", "due_date": at(due) - 86_400} | late),
            )
        account.subscribe(
            name,
            start,
            [Item(f"si_{name}", price, 1, at(start))],
            "2026-01-10T09:00",
            status=status,
            collection="send_invoice",
        )


def _others(account: Account) -> None:
    """Bill by hand, take back, and be hard to find."""
    start = "2025-01-10T09:00"
    price, once = account.price("1000"), account.price("45000", interval=None)
    # A list of lines ends with the tenth.
    account.customer("twelve_items")
    for period in terms_from(start):
        lines = [account.line(f"si_twelve_{n}", price, period) for n in range(12)]
        account.invoice("twelve_items", period[0], lines)
    account.subscribe(
        "twelve_items",
        start,
        [Item(f"si_twelve_{n}", price, 1, at(start)) for n in range(12)],
        "2026-01-10T09:00",
    )

    # Brought over from another system, and not billed here yet.
    account.customer("imported", crm=None)
    account.subscribe(
        "imported",
        "2025-09-01T09:00",
        [Item("si_imported", price, 3, at("2025-09-01T09:00"))],
        "2026-09-01T09:00",
    )

    # Two customers of one company of the CRM.
    for name in ("first_of_two", "second_of_two"):
        account.plain(name, price, start)
        account.books.customers[-1].crm_company_id = "crm_one_company"

    account.customer("by_hand")
    for status in ("paid", "draft", "void", "uncollectible"):
        on = ("2025-05-05T09:00", "2025-05-05T09:00")
        lines = [account.line(None, once, on)]
        account.invoice("by_hand", on[0], lines, status, subscription=None)
    paid = account.books.invoices[-4]
    account.books.credit_notes += [
        CreditNote(
            "cn_of_invoice",
            "cus_by_hand",
            at("2025-05-20T09:00"),
            [("cnli_1", paid.lines[0].id, 20_000, 1)],
            paid.id,
        ),
        CreditNote(
            "cn_alone", "cus_by_hand", at("2025-05-21T09:00"), [("cnli_2", None, 1_000, 1)], None
        ),
        CreditNote(
            "cn_void",
            "cus_by_hand",
            at("2025-05-22T09:00"),
            [("cnli_3", paid.lines[0].id, 5_000, 1)],
            paid.id,
            status="void",
        ),
    ]
    # The last thing that happened before the account was read.
    account.customer("reader")
    lines = [account.line(None, once, (READ_AT, READ_AT))]
    account.invoice("reader", READ_AT, lines, subscription=None)
