"""Companies, contacts, deals and all that a CRM records about them.

`open_account` draws a company with its contacts and its new-business deals; `add_expansions` adds
the later deals of a customer; `write` turns the account into rows. Awkward but valid shapes that a
real CRM shows now and then (skipped stages, merged duplicates, deals without a contact) are drawn
here at small rates, the rarer ones are written by hand in `cases.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from generator import clock, names
from generator.clock import LAST_DAY, LAST_MOMENT, day_text, moment_text
from generator.tables import Batch
from generator.world import (
    CHANNELS,
    COMPANIES,
    COUNTRIES,
    CURRENCIES,
    INDUSTRIES,
    JOBS,
    LOST_REASONS,
    OPEN_STAGES,
    PLANS,
    STAGE_PREFIXES,
    TEAMS,
    Owner,
    World,
    money,
    month_at,
    price_in,
    spread,
    weighted,
)

DAY = 86_400
LEGACY_UNTIL = clock.day(2023, 4, 1)
PILOT_UNTIL = clock.day(2024, 7, 1)
FUNNEL = (
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
)


@dataclass
class Contact:
    """A person of the company; `created` is a moment, `stages` (stage, moment) pairs in order."""

    id: str
    created: int
    channel: str
    campaign: str
    owner: str
    country: str
    email: str = ""
    first: str = ""
    last: str = ""
    stages: list[tuple[str, int]] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)


@dataclass
class Deal:
    """A deal; `closed` is None while open, `cents` the yearly value in the deal's currency.

    `amount` is that value as the deal shows it, empty where nobody filled it in.
    """

    id: str
    pipeline: str
    owner: Owner
    created: int
    plan: str
    quantity: int
    unit_cents: int
    list_cents: int
    discount: float
    cents: int
    path: list[tuple[str, int]] = field(default_factory=list)
    closed: int | None = None
    is_won: bool = False
    expected: int = 0
    amount: str = ""
    contacts: list[Contact] = field(default_factory=list)

    def is_open(self, at: int) -> bool:
        """Tell whether the deal was open at a moment."""
        return self.created < at and (self.closed is None or at < self.closed)


@dataclass
class Account:
    """A company with everything drawn so far."""

    index: int
    id: str
    group: int
    name: str
    domain: str
    industry: str
    country: str
    currency: str
    employees: int
    team: str
    channel: str
    owner: Owner
    created: int
    fair_day: int = 0
    contacts: list[Contact] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)

    @property
    def won(self) -> Deal | None:
        """The new-business deal that made it a customer, if any."""
        return next((deal for deal in self.deals if deal.is_won), None)


def company_id(index: int) -> str:
    """Return the id of company `index`."""
    return names.row_id(500_001, index)


def contact_id(account: Account, number: int) -> str:
    """Return the id of a contact of the company: 0 to 7, and 8 more for its duplicate."""
    return names.row_id(1_000_001, account.index * 16 + number)


def deal_id(account: Account, number: int) -> str:
    """Return the id of a deal of the company: 0 to 3 for new business, from 4 for expansion."""
    return names.row_id(3_000_001, account.index * 16 + number)


def office_moment(rng: Random, day: int) -> int:
    """Return a moment within working hours of the last workday up to a day."""
    return clock.workday_before(day) * DAY + 25_200 + int(rng.random() * 34_200)


def web_moment(rng: Random, day: int) -> int:
    """Return a moment of a day, mostly daytime; late evenings fall on the next day in Paris."""
    share = rng.random()
    start, length = (23_400, 46_800) if share < 0.9 else (70_200, 16_100)
    return day * DAY + start + int(rng.random() * length)


def open_account(world: World, index: int) -> Account:
    """Return company `index` with its contacts and new-business deals.

    Companies are spread over the months by their index, so that consecutive indexes are
    consecutive in time whatever the scale.
    """
    rng = world.rng("crm", index)
    position = (index + rng.random()) / (world.scale * COMPANIES)
    month, within = month_at(world.month_shares, position)
    length = clock.month_start(month + 1) - clock.month_start(month)
    day = clock.month_start(month) + int(within * length)
    shares = {name: round(item.share * 1_000) for name, item in CHANNELS.items()}
    channel = weighted(rng, shares)
    campaign, fair_day = "", 0
    if channel == "TRADE_SHOW":
        fair = rng.choices(world.fairs, [item.weight for item in world.fairs])[0]
        day = fair.start + 1 + int(rng.random() * 9)
        campaign, fair_day = fair.id, fair.start
    if channel == "WEBINAR":
        webinar, day = world.webinar_visit(world.rng("webinar", index))
        campaign = webinar.id
    team = _team(rng, channel)
    created = min(web_moment(rng, day), LAST_MOMENT - 900)
    if channel in ("TRADE_SHOW", "PARTNER", "OFFLINE"):
        created = max(office_moment(rng, day), day * DAY - 64_800, 25_200)
    group = index % world.scale
    country = weighted(rng, COUNTRIES)
    name = names.company(rng)
    account = Account(
        index=index,
        id=company_id(index),
        group=group,
        name=name,
        domain=f"{names.slug(name)}-{names.base36(index + 36)}.example",
        industry=weighted(rng, INDUSTRIES),
        country=country,
        currency=CURRENCIES.get(country, "EUR"),
        employees=_employees(rng, team),
        team=team,
        channel=channel,
        owner=world.pick_owner(rng, group, team, day),
        created=created,
        fair_day=fair_day,
    )
    _add_contacts(world, rng, account, campaign)
    _add_new_business(world, rng, account)
    return account


def _team(rng: Random, channel: str) -> str:
    if channel == "PARTNER" or rng.random() < 0.05:
        return "Partners"
    share = rng.random()
    if share < 0.12:
        return "Enterprise"
    return "Mid-Market" if share < 0.44 else "SMB"


def _employees(rng: Random, team: str) -> int:
    median = {"Enterprise": 1_400, "Mid-Market": 180, "SMB": 28, "Partners": 90}[team]
    return max(3, int(spread(rng, median, 0.6)))


def _add_contacts(world: World, rng: Random, account: Account, campaign: str) -> None:
    count = rng.choices((1, 2, 3, 4, 5, 6, 7), (24, 27, 22, 13, 8, 4, 2))[0]
    for number in range(count):
        created, channel, source = account.created + 180, account.channel, campaign
        if number:
            created = account.created + int(rng.random() ** 2 * 240 * DAY) + DAY
            quiet = clock.month_of(created // DAY) % 12 in (7, 11)
            created = web_moment(rng, created // DAY + (31 if quiet and rng.random() < 0.5 else 0))
            if rng.random() < 0.15 or channel == "TRADE_SHOW":
                others = [name for name in CHANNELS if name != "TRADE_SHOW"]
                if channel != "TRADE_SHOW" or rng.random() < 0.35:
                    weights = [CHANNELS[name].share for name in others]
                    channel = rng.choices(others, weights)[0]
                else:
                    created = account.created + 600 * number
            if channel == "WEBINAR":
                draw = world.rng("webinar", account.index, number)
                created = web_moment(draw, world.next_webinar_visit(draw, created // DAY))
            if created > LAST_MOMENT:
                continue
        if channel != "TRADE_SHOW" and (number or channel != "WEBINAR"):
            source = world.pick_campaign(rng, channel, created // DAY)
        share, owner = rng.random(), account.owner.id
        if share < 0.1:
            owner = ""
        elif share < 0.45 or channel == "OFFLINE":
            owner = world.pick_owner(rng, account.group, "sdr", created // DAY).id
        first, last = names.person(rng)
        contact = Contact(
            id=contact_id(account, number),
            created=created,
            channel=channel,
            campaign=source,
            owner=owner,
            country=account.country if rng.random() < 0.94 else weighted(rng, COUNTRIES),
            email=f"{names.slug(first)}.{names.slug(last)}@{account.domain}",
            first=first,
            last=last,
        )
        account.contacts.append(contact)


def _offer(rng: Random, account: Account, deal_size: float) -> tuple[str, int, float]:
    """Return a plan, a number of seats and a discount."""
    team = TEAMS[account.team]
    share, yearly = rng.random(), rng.random()
    if account.team == "SMB":
        plan = "starter" if share < 0.55 else "growth"
        suffix = "_m" if yearly < 0.62 else "_y"
    elif account.team == "Enterprise":
        plan, suffix = "scale", "_3y" if yearly < 0.3 else "_y"
    else:
        plan = "growth" if share < 0.6 else "scale"
        suffix = "_m" if yearly < 0.34 else "_y"
    seats = max(3, round(spread(rng, team.seats * deal_size, 0.42)))
    share = rng.random()
    discount = 0.0 if share < 0.55 else (0.05, 0.1, 0.15, 0.2)[int(rng.random() * 4)]
    return plan + suffix, seats, discount


def yearly_cents(plan: str, quantity: int, unit_cents: int, discount: float) -> int:
    """Return the yearly value of a line in cents."""
    item = PLANS[plan]
    per_year = {"day": 365, "week": 52, "month": 12, "year": 1}[item.interval] / item.count
    return round(quantity * unit_cents * (1 - discount) * per_year)


def _add_new_business(world: World, rng: Random, account: Account) -> None:
    attempts = rng.choices((0, 1, 2, 3), (17, 40, 26, 17))[0]
    if not account.contacts:
        return
    start = account.created + int(spread(rng, 15, 0.8) * DAY)
    for number in range(attempts):
        day = start // DAY
        if start > LAST_MOMENT - DAY:
            return
        owner = account.owner
        if not owner.is_active(day):
            owner = world.pick_owner(rng, account.group, account.team, day)
        channel = CHANNELS[account.channel]
        size = channel.size * owner.size
        plan, seats, discount = _offer(rng, account, size)
        list_cents = price_in(account.currency, PLANS[plan].cents)
        deal = Deal(
            id=deal_id(account, number),
            pipeline="legacy" if day < LEGACY_UNTIL and rng.random() < 0.6 else "new_business",
            owner=owner,
            created=max(office_moment(rng, day), account.created + 3_600),
            plan=plan,
            quantity=seats,
            unit_cents=list_cents,
            list_cents=list_cents,
            discount=discount,
            cents=yearly_cents(plan, seats, list_cents, discount),
        )
        team = TEAMS[account.team]
        win = min(0.85, team.win * channel.win * owner.win)
        _run(rng, deal, team.cycle * owner.cycle, win)
        _step_back(world.rng("step back", deal.id), deal)
        _invite(rng, account, deal)
        account.deals.append(deal)
        if deal.is_won or deal.closed is None:
            return
        start = deal.closed + int((45 + rng.random() * 200) * DAY)


def _run(rng: Random, deal: Deal, median_cycle: float, win: float) -> None:
    """Draw the deal's outcome, closing moment and stage path."""
    won = rng.random() < win
    cycle = max(4, spread(rng, median_cycle * (1.0 if won else 1.12), 0.5))
    close_day = deal.created // DAY + int(cycle)
    month = clock.month_of(close_day)
    quarter_last = month - month % 3 + 2
    until_end = clock.month_end(quarter_last) - close_day
    if won and 10 < until_end < 60 and rng.random() < 0.55:
        close_day = clock.month_end(quarter_last) - int(rng.random() * 12)
    if rng.random() < 0.012:
        close_day = LAST_DAY + 10 + int(rng.random() * 60)
    closed = max(office_moment(rng, close_day), deal.created + 2 * DAY)
    stages = list(OPEN_STAGES[deal.pipeline])
    had_pilot = deal.pipeline == "new_business" and deal.created // DAY < PILOT_UNTIL
    if had_pilot and rng.random() < 0.08:
        stages.insert(2, "nb_pilot")
    reached = len(stages) if won else 1 + int(rng.random() * len(stages))
    stages = stages[:reached]
    if reached > 2 and rng.random() < 0.12:
        del stages[1]
    span = closed - deal.created
    steps = sorted(rng.random() * 0.9 for _ in stages[1:])
    deal.path = [(stages[0], deal.created)]
    deal.path += [
        (stage, deal.created + 60 * place + int(step * span))
        for place, (stage, step) in enumerate(zip(stages[1:], steps, strict=True), start=1)
    ]
    deal.expected = close_day
    prefix = STAGE_PREFIXES[deal.pipeline]
    if closed > LAST_MOMENT:
        deal.path = [step for step in deal.path if step[1] <= LAST_MOMENT]
        if rng.random() < 0.2:
            deal.expected = max(deal.created // DAY, LAST_DAY - int(rng.random() * 25))
        return
    deal.closed, deal.is_won = closed, won
    if rng.random() < 0.012:
        last_open = deal.path[-1][0]
        deal.path.append((f"{prefix}_lost", closed - span // 14))
        deal.path.append((last_open, closed - span // 20))
    deal.path.append((f"{prefix}_{'won' if won else 'lost'}", closed))


def _step_back(rng: Random, deal: Deal) -> None:
    """Send a few open deals back to the stage before, many of them in the last whole week."""
    if deal.closed is not None or len(deal.path) < 2 or rng.random() >= 0.12:
        return
    (before, _), (_, reached) = deal.path[-2:]
    if rng.random() < 0.5:
        tomorrow = LAST_DAY + 1
        day = tomorrow - clock.weekday(tomorrow) - 7 + int(rng.random() * 5)
    else:
        day = reached // DAY + 1 + int(rng.random() * (LAST_DAY - reached // DAY))
    at = office_moment(rng, day)
    if reached < at <= LAST_MOMENT and before != "nb_pilot":
        deal.path.append((before, at))


def _invite(rng: Random, account: Account, deal: Deal) -> None:
    """Attach contacts that existed when the deal was created; now and then nobody."""
    known = [item for item in account.contacts if item.created <= deal.created]
    if not known or rng.random() < 0.012:
        return
    count = min(len(known), rng.choices((1, 2, 3, 4), (62, 24, 10, 4))[0])
    chosen = known[:1] if rng.random() < 0.6 else [known[int(rng.random() * len(known))]]
    chosen += [item for item in known if item not in chosen][: count - 1]
    deal.contacts = chosen
    for contact in chosen:
        contact.deals.append(deal)


def add_expansion(world: World, account: Account, place: int, day: int) -> Deal | None:
    """Add the expansion deal number `place` of a customer, opened on a day; None if too late."""
    rng = world.rng("expansion", account.index, place)
    if day * DAY > LAST_MOMENT - DAY or place > 11:
        return None
    first = account.won
    owner = account.owner
    if not owner.is_active(day):
        owner = world.pick_owner(rng, account.group, account.team, day)
    quantity = max(1, round(first.quantity * (0.2 + 0.4 * rng.random())))
    deal = Deal(
        id=deal_id(account, 4 + place),
        pipeline="expansion",
        owner=owner,
        created=office_moment(rng, day),
        plan=first.plan,
        quantity=quantity,
        unit_cents=first.unit_cents,
        list_cents=first.list_cents,
        discount=first.discount,
        cents=yearly_cents(first.plan, quantity, first.unit_cents, first.discount),
    )
    _run(rng, deal, 38 * owner.cycle, 0.47)
    _step_back(world.rng("step back", deal.id), deal)
    _invite(rng, account, deal)
    account.deals.append(deal)
    return deal


# --- rows -------------------------------------------------------------------------------------


def write(world: World, account: Account, batch: Batch) -> None:
    """Append the account's CRM rows to the batch."""
    rng = world.rng("crm-rows", account.index)
    batch["companies"].append(
        (
            account.id,
            account.name,
            account.domain,
            account.industry,
            account.country,
            str(account.employees) if rng.random() < 0.95 else "",
            account.owner.id,
            "",
            moment_text(account.created),
            "false",
            "",
        )
    )
    for contact in account.contacts:
        _walk(rng, contact)
        _write_contact(rng, account, contact, batch)
    for deal in account.deals:
        _write_deal(world, rng, account, deal, batch)
        if deal.is_won:
            key = (deal.owner.id, clock.month_of(deal.closed // DAY))
            world.won_by_rep_month[key] = world.won_by_rep_month.get(key, 0) + deal.cents / 100
    _write_quotes(world, account, batch)
    _write_activities(world, account, batch)


def _walk(rng: Random, contact: Contact) -> None:
    """Draw the contact's lifecycle, in agreement with its deals."""
    at, stages = contact.created, []
    deals = sorted(contact.deals, key=lambda deal: deal.created)
    primary_win = next((d for d in deals if d.is_won and d.contacts[0] is contact), None)
    limit = max(at, deals[0].created - 600) if deals else LAST_MOMENT
    if rng.random() < 0.12 and limit - at > DAY:
        stages.append(("subscriber", at))
        at = min(limit, at + int((1 + rng.random() * 40) * DAY))
        if rng.random() < 0.3 and not deals:
            contact.stages = stages
            return
    stages.append(("lead", at))
    share = rng.random()
    if deals:
        gap = max(0, limit - at)
        mql, sql = at + int(gap * 0.35 * rng.random()), at + int(gap * (0.4 + 0.5 * rng.random()))
        if share < 0.90:
            stages.append(("marketingqualifiedlead", mql))
            if share < 0.025 and sql - mql > 4 * DAY:
                stages.append(("lead", mql + (sql - mql) // 3))
                stages.append(("marketingqualifiedlead", mql + (sql - mql) // 2))
        if share < 0.83 or 0.90 <= share < 0.94:
            stages.append(("salesqualifiedlead", sql))
        straight = primary_win is not None and share > 0.985
        if not straight:
            stages.append(("opportunity", deals[0].created + 30))
        if primary_win is not None:
            stages.append(("customer", primary_win.closed + 60))
            later = [deal for deal in deals if deal.created > primary_win.closed + DAY]
            if later and rng.random() < 0.12:
                stages.append(("opportunity", later[0].created + 30))
                if later[0].is_won:
                    stages.append(("customer", later[0].closed + 60))
            elif rng.random() < 0.05:
                stages.append(("evangelist", primary_win.closed + 220 * DAY))
    else:
        at += int(spread(rng, 9, 0.9) * DAY)
        if share < 0.46:
            stages.append(("marketingqualifiedlead", at))
            if share < 0.02:
                stages.append(("lead", at + 20 * DAY))
                stages.append(("marketingqualifiedlead", at + 45 * DAY))
            elif share < 0.15:
                stages.append(("salesqualifiedlead", at + int(spread(rng, 10, 0.8) * DAY)))
        elif share > 0.97:
            stages.append(("other", at))
    contact.stages = [step for step in stages if step[1] <= LAST_MOMENT]


_SCORES = {
    "subscriber": 8,
    "lead": 20,
    "marketingqualifiedlead": 45,
    "salesqualifiedlead": 60,
    "opportunity": 72,
    "customer": 85,
    "evangelist": 93,
    "other": 5,
}


def _write_contact(rng: Random, account: Account, contact: Contact, batch: Batch) -> None:
    stage = contact.stages[-1][0]
    score = min(100, max(0, round(_SCORES[stage] + rng.gauss(0, 9))))
    job = JOBS[int(rng.random() * len(JOBS))]
    linked = rng.random()

    def line(key: str, email: str, created: int, last_stage: str, survivor: str) -> None:
        batch["contacts"].append(
            (
                key,
                email,
                contact.first,
                contact.last,
                job,
                contact.country,
                contact.owner,
                last_stage,
                str(score) if score % 25 else "",
                contact.channel,
                contact.campaign,
                moment_text(created),
                "true" if survivor else "false",
                survivor,
            )
        )
        if linked > 0.015:
            batch["contact_companies"].append((key, account.id, "true"))
        if linked > 0.985 and account.index:
            batch["contact_companies"].append((key, company_id(account.index - 1), "false"))

    line(contact.id, contact.email, contact.created, stage, "")
    history = [(contact.id, name, moment_text(at)) for name, at in contact.stages]
    if len(history) > 1 and rng.random() < 0.04:
        history.reverse()
    batch["lifecycle_history"] += history
    if rng.random() < 0.014 and contact.created < LAST_MOMENT - 30 * DAY:
        twin = str(int(contact.id) + 8)
        created = contact.created + int((2 + rng.random() * 20) * DAY)
        line(twin, contact.email.replace("@", "+2@"), created, "lead", contact.id)
        batch["lifecycle_history"].append((twin, "lead", moment_text(created)))


# What reps say of an open deal in this stage: so many of a hundred each.
_CATEGORIES = ("OMIT", "PIPELINE", "BEST_CASE", "COMMIT", "")
_CATEGORIES_OF = {
    "nb_discovery": (14, 78, 4, 0, 4),
    "nb_demo": (6, 76, 14, 1, 3),
    "nb_proposal": (3, 32, 48, 15, 2),
    "nb_negotiation": (2, 8, 30, 59, 1),
    "ex_identified": (8, 66, 20, 3, 3),
    "ex_proposal": (2, 20, 42, 35, 1),
}


def _forecast_category(world: World, deal: Deal) -> str:
    """Return how a rep forecasts the deal; the CRM fills it when the deal is closed."""
    if deal.closed is not None:
        return "CLOSED" if deal.is_won else "OMIT"
    weights = _CATEGORIES_OF.get(deal.path[-1][0], (5, 90, 0, 0, 5))
    return world.rng("forecast category", deal.id).choices(_CATEGORIES, weights)[0]


def _write_deal(world: World, rng: Random, account: Account, deal: Deal, batch: Batch) -> None:
    closed_day = deal.expected if deal.closed is None else deal.closed // DAY
    reason = ""
    if deal.closed is not None and not deal.is_won:
        reason = rng.choices(LOST_REASONS, (30, 24, 24, 13, 9))[0]
    deal.amount = money(deal.cents)
    if deal.closed is None and rng.random() < 0.02:
        deal.amount = ""
    batch["deals"].append(
        (
            deal.id,
            f"{account.name} - {PLANS[deal.plan].name} x{deal.quantity}",
            deal.pipeline,
            deal.path[-1][0],
            deal.amount,
            account.currency,
            deal.owner.id,
            account.id if rng.random() < 0.994 or deal.is_won else "",
            deal.plan,
            "existingbusiness" if deal.pipeline == "expansion" else "newbusiness",
            _forecast_category(world, deal),
            reason,
            moment_text(deal.created),
            day_text(closed_day),
            "false",
            "",
        )
    )
    history = [(deal.id, stage, moment_text(at)) for stage, at in deal.path]
    if len(history) > 2 and rng.random() < 0.03:
        history.reverse()
    batch["deal_stage_history"] += history
    for place, contact in enumerate(deal.contacts):
        batch["deal_contacts"].append((deal.id, contact.id, "false" if place else "true"))


def _write_quotes(world: World, account: Account, batch: Batch) -> None:
    rng = world.rng("quotes", account.index)
    number = 0
    for deal in account.deals:
        offered = next(
            (at for stage, at in deal.path if stage.endswith(("proposal", "offer"))), None
        )
        if offered is None:
            if not deal.is_won:
                continue
            offered = (deal.created + deal.closed) // 2
        end = deal.closed if deal.closed is not None else LAST_MOMENT
        count = rng.choices((1, 2, 3), (70, 23, 7))[0]
        for place in range(count):
            is_last = place == count - 1
            created = offered + (end - offered) * place // (count + 1) + 1_800
            sent = created + int((0.05 + rng.random() * 1.5) * DAY)
            sent = min(sent, end - 300)
            created = min(created, sent - 60)
            status = "DECLINED" if rng.random() < 0.5 else "EXPIRED"
            if created // DAY + 30 > LAST_DAY:
                status = "DECLINED"
            if is_last and deal.is_won:
                status = "ACCEPTED"
            elif is_last and deal.closed is None:
                status = "SENT" if rng.random() < 0.7 else "DRAFT"
            factor = 1.0 if is_last else 1.02 + 0.15 * rng.random()
            batch["quotes"].append(
                (
                    names.row_id(7_000_001, account.index * 64 + number),
                    deal.id,
                    status,
                    money(round(deal.cents * factor)),
                    account.currency,
                    moment_text(created),
                    "" if status == "DRAFT" else moment_text(sent),
                    day_text(created // DAY + 30),
                )
            )
            number += 1


def write_feedback(world: World, account: Account, until: int | None, batch: Batch) -> None:
    """Append a customer's NPS answers; `until` is the last day served, None while it runs."""
    rng = world.rng("feedback", account.index)
    mood = 9.1 + rng.gauss(0, 1.3) - CHANNELS[account.channel].churn * 0.7
    mood -= 2.2 if until is not None else 0
    last = LAST_DAY if until is None else min(until, LAST_DAY)
    number = 0
    for contact in account.contacts:
        since = next((at for stage, at in contact.stages if stage == "customer"), None)
        if since is None:
            continue
        day = since // DAY + 60 + int(rng.random() * 60)
        while day < last and number < 64:
            if rng.random() < 0.72:
                score = min(10, max(0, round(mood + rng.gauss(0, 1.6))))
                score = 0 if rng.random() < 0.012 else score
                key = names.row_id(8_000_001, account.index * 64 + number)
                answered = moment_text(web_moment(rng, day))
                batch["feedback_submissions"].append((key, contact.id, "NPS", str(score), answered))
                number += 1
            day += 170 + int(rng.random() * 25)


def _write_activities(world: World, account: Account, batch: Batch) -> None:
    rng = world.rng("activities", account.index)
    number = 0

    def add(
        kind: str, contact: str, deal: str, owner: str, at: int, *, is_automated: bool = False
    ) -> None:
        nonlocal number
        if at <= LAST_MOMENT and number < 256:
            key = names.row_id(20_000_001, account.index * 256 + number)
            machine = "true" if is_automated else "false"
            batch["activities"].append((key, kind, contact, deal, owner, moment_text(at), machine))
            number += 1

    for contact in account.contacts:
        owner = contact.owner or account.owner.id
        for _ in range(rng.choices((0, 1, 2, 3), (35, 35, 20, 10))[0]):
            day = contact.created // DAY + 1 + int(rng.random() ** 2 * 30)
            weights = (20, 73, 7) if contact.channel == "OFFLINE" else (55, 38, 7)
            kind = rng.choices(("email", "call", "meeting"), weights)[0]
            at = max(office_moment(rng, day), contact.created + 900)
            add(kind, contact.id, "", owner, at)
    for deal in account.deals:
        end = deal.closed if deal.closed is not None else LAST_MOMENT
        span = max(1, end - deal.created)
        for place in range(2 + int(rng.random() * 5)):
            kind = rng.choices(("call", "email", "meeting", "demo", "note"), (28, 34, 16, 12, 10))[
                0
            ]
            who = deal.contacts[place % len(deal.contacts)].id if deal.contacts else ""
            at = office_moment(rng, (deal.created + int(rng.random() * span)) // DAY)
            at = min(max(at, deal.created + 600), end)
            add(kind, who, deal.id, deal.owner.id, at)
    # The autoresponder answers within minutes, in the name of the owner; it answers nobody whom the
    # company met in person.
    machine = world.rng("autoresponder", account.index)
    for contact in account.contacts:
        if contact.channel != "OFFLINE" and machine.random() < 0.7:
            at = contact.created + 40 + int(machine.random() * 200)
            owner = contact.owner or account.owner.id
            add("email", contact.id, "", owner, at, is_automated=True)
