"""Free trials of companies that never bought: they end without a first payment.

Each company draws here from a stream of its own, so that no other row of the demo depends on it.
"""

from __future__ import annotations

from generator import billing, crm
from generator.billing import Line, Span
from generator.clock import LAST_DAY
from generator.crm import Account
from generator.names import row_id
from generator.tables import Batch
from generator.world import PLANS, World, price_in

TRIED = 0.055
"""Share of the companies that never bought which tried the product by themselves."""
FAILED = 0.22
"""Share of these trials that were to go on, and whose first payment failed."""


def write(world: World, account: Account, batch: Batch) -> None:
    """Append the trial of a company that never bought, if it had one.

    It ends on its last day, asked for or not, or with a first payment that fails: then the
    subscription is given up after some weeks, and its only bill is void. A trial that has not ended
    on the last day of the data still runs.
    """
    rng = world.rng("trial", account.index)
    if account.won is not None or not account.contacts or rng.random() >= TRIED:
        return
    plan = "starter_m" if rng.random() < 0.7 else "growth_m"
    start = account.created // crm.DAY + 3 + int(rng.random() * 90)
    days = 14 if rng.random() < 0.7 else 30
    quantity, fails = 2 + int(rng.random() * 9), rng.random() < FAILED
    owed_days, notice = 14 + int(rng.random() * 14), int(rng.random() * days)
    is_asked_for = rng.random() < 0.6
    after = start + days
    if start > LAST_DAY:
        return
    cents = price_in(account.currency, PLANS[plan].cents)
    runs = after > LAST_DAY
    trial = Span(
        start,
        plan,
        quantity,
        cents,
        cents,
        end=None if runs else after - 1,
        status="trialing",
        trial_ends=after - 1,
    )
    spans, requested, end = [trial], None, trial.end
    if fails and after + owed_days <= LAST_DAY:
        spans.append(billing.unpaid(trial, after, after + owed_days - 1, "void"))
        end = None
    elif is_asked_for and not runs:
        requested = after - 1 - notice
    key = f"S{row_id(100_001, account.index)}"
    line = Line(f"{key}-1", "recurring", after, spans, requested, end)
    billing.write_subscription(world, rng, account.id, "", key, account.currency, [line], batch)
