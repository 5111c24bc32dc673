"""Rows written by hand: valid, but awkward. Each has a fixed id, whatever the seed and the scale.

`generator/README.md` lists them with the query that finds each (`catalogue.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from generator import billing, clock, crm
from generator.billing import Event, Line, Span, periods
from generator.clock import LAST_MOMENT, day, day_text, moment, moment_text
from generator.tables import Batch, row
from generator.world import (
    NO_CLOSED_DEAL,
    ONLY_WINS,
    OWNERS_PER_SCALE,
    PLANS,
    World,
    money,
    price_in,
)

OWNER_BASE = 70_001
STEADY_REPS = (3, 4, 5, 7, 8, 9)
"""Places in the roster of reps employed throughout; the cases are shared out among them."""


def _rep(key: int) -> str:
    return str(OWNER_BASE + STEADY_REPS[key % len(STEADY_REPS)])


def _history(key: int) -> list[tuple[str, str, int]] | None:
    """Return the property history of a deal whose history is a case of its own."""
    at = moment(2024, 5, 13)
    amount, closedate = "amount", "closedate"
    histories: dict[int, list[tuple[str, str, int]]] = {
        # The loser of a merge, changed once before and once after its survivor was created.
        9_100_002: [
            (amount, "5400.00", moment(2023, 10, 2)),
            (closedate, "2023-11-30", moment(2023, 10, 2)),
            (closedate, "2023-12-29", moment(2023, 10, 6, 14)),
            (amount, "7200.00", moment(2023, 10, 11, 10)),
            (closedate, "2026-02-27", moment(2023, 10, 11, 10)),
        ],
        # Brought over from another CRM without its past.
        9_100_007: [],
        # Without an amount today: cleared, and never filled in.
        9_100_012: [
            (amount, "7200.00", moment(2025, 11, 3)),
            (closedate, "2026-02-27", moment(2025, 11, 3)),
            (amount, "", moment(2025, 12, 8, 15)),
        ],
        # Out of the second quarter and back into it within June.
        9_100_026: [
            (amount, "18400.00", at),
            (closedate, "2024-06-28", at),
            (closedate, "2024-07-12", moment(2024, 6, 5, 13)),
            (closedate, "2024-06-28", moment(2024, 6, 20, 8, 30)),
            (closedate, "2024-07-08", moment(2024, 7, 8)),
        ],
        # Cleared, then set again to another amount than before.
        9_100_027: [
            (amount, "8400.00", at),
            (closedate, "2024-06-28", at),
            (amount, "", moment(2024, 5, 29, 10)),
            (amount, "9600.00", moment(2024, 6, 12, 10)),
            (closedate, "2024-07-08", moment(2024, 6, 24, 12)),
        ],
        # The latest first.
        9_100_022: [
            (closedate, "2025-03-24", moment(2025, 3, 24)),
            (amount, "7200.00", moment(2025, 3, 24)),
            (closedate, "2025-03-31", moment(2025, 3, 12, 16)),
            (amount, "6600.00", moment(2025, 2, 27, 11)),
            (closedate, "2025-03-14", moment(2025, 2, 10)),
            (amount, "6000.00", moment(2025, 2, 10)),
        ],
    }
    return histories.get(key)


def _plain_history(
    path: list[tuple[str, int]], amount: str, closed_on: str
) -> list[tuple[str, str, int]]:
    """Return a history without surprises: one amount, and a month's end until the deal closes."""
    created = path[0][1]
    ends = [place for place, (stage, _) in enumerate(path) if stage.endswith(("_won", "_lost"))]
    days = [(closed_on, created)]
    if ends:
        month = clock.month_of(path[-1][1] // crm.DAY)
        expected = day_text(clock.month_end(month))
        days = [(expected, created)]
        for place in ends[:-1]:
            days.append((day_text(path[place][1] // crm.DAY), path[place][1]))
            days.append((expected, path[place + 1][1]))
        days.append((closed_on, path[-1][1]))
    found = [("amount", amount, created)] if amount else []
    before = ""
    for value, at in days:
        if value != before:
            found.append(("closedate", value, at))
        before = value
    return found


@dataclass
class Pen:
    """Writes hand-written rows with sensible values for what a case does not care about."""

    world: World
    batch: Batch
    activities: int = 0

    def put(self, table: str, **values: str) -> None:
        """Append one row by column names."""
        self.batch[table].append(row(table, **values))

    def company(self, key: int, name: str, created: int, **values: str) -> str:
        """Append company `99xxxx`."""
        filled = {
            "hs_object_id": str(key),
            "name": name,
            "domain": f"case-{key}.example",
            "industry": "Software",
            "country": "FR",
            "numberofemployees": "40",
            "hubspot_owner_id": _rep(key),
            "createdate": moment_text(created),
            "archived": "false",
        }
        self.put("companies", **(filled | values))
        return str(key)

    def contact(
        self,
        key: int,
        created: int,
        history: list[tuple[str, int]],
        company: str = "",
        **values: str,
    ) -> str:
        """Append contact `90xxxxx` with its lifecycle in the order given."""
        latest = max(history, key=lambda step: step[1])[0] if history else "lead"
        filled = {
            "hs_object_id": str(key),
            "email": f"cas.{key}@case.example",
            "firstname": "Cas",
            "lastname": f"Numéro {key - 9_000_000}",
            "country": "FR",
            "hubspot_owner_id": _rep(key),
            "lifecyclestage": latest,
            "hubspotscore": "50",
            "hs_analytics_source": "DIRECT_TRAFFIC",
            "createdate": moment_text(created),
            "archived": "false",
        }
        self.put("contacts", **(filled | values))
        for stage, at in history:
            self.put(
                "lifecycle_history",
                contact_id=str(key),
                lifecyclestage=stage,
                entered_at=moment_text(at),
            )
        if company:
            self.put(
                "contact_companies", contact_id=str(key), company_id=company, is_primary="true"
            )
        return str(key)

    def deal(
        self,
        key: int,
        path: list[tuple[str, int]],
        contacts: tuple[str, ...] = (),
        **values: str,
    ) -> str:
        """Append deal `91xxxxx` with its stages, the last of which is where it stands.

        Its property history is the one that `_history` knows, else a plain one.
        """
        stage, at = path[-1]
        prefix = stage.partition("_")[0]
        pipeline = {"nb": "new_business", "ex": "expansion", "lg": "legacy"}[prefix]
        is_closed = stage.endswith(("_won", "_lost"))
        filled = {
            "hs_object_id": str(key),
            "dealname": f"Cas {key}",
            "pipeline": pipeline,
            "dealstage": stage,
            "amount": "7200.00",
            "deal_currency_code": "EUR",
            "hubspot_owner_id": _rep(key),
            "plan": "growth_m",
            "dealtype": "existingbusiness" if prefix == "ex" else "newbusiness",
            "hs_manual_forecast_category": (
                ("CLOSED" if stage.endswith("_won") else "OMIT") if is_closed else "PIPELINE"
            ),
            "closed_lost_reason": "price" if stage.endswith("_lost") else "",
            "createdate": moment_text(path[0][1]),
            "closedate": day_text(at // crm.DAY) if is_closed else "2026-02-27",
            "archived": "false",
        }
        filled |= values
        self.put("deals", **filled)
        history = _history(key)
        if history is None:
            history = _plain_history(path, filled["amount"], filled["closedate"])
        for name, value, changed in history:
            self.put(
                "deal_property_history",
                deal_id=str(key),
                property=name,
                value=value,
                changed_at=moment_text(changed),
            )
        for name, entered in path:
            self.put(
                "deal_stage_history",
                deal_id=str(key),
                dealstage=name,
                entered_at=moment_text(entered),
            )
        for place, contact in enumerate(contacts):
            self.put(
                "deal_contacts",
                deal_id=str(key),
                contact_id=contact,
                is_primary="false" if place else "true",
            )
        return str(key)

    def activity(self, kind: str, contact: str, deal: str, at: int) -> None:
        """Append activity `990xxxxx`."""
        self.activities += 1
        self.put(
            "activities",
            hs_object_id=str(99_000_000 + self.activities),
            activity_type=kind,
            contact_id=contact,
            deal_id=deal,
            hubspot_owner_id=_rep(self.activities),
            hs_timestamp=moment_text(at),
            is_automated="false",
        )

    def quote(self, key: int, deal: str, status: str, amount: str, at: int) -> None:
        """Append quote `92xxxxx`, sent an hour after it was made unless a draft."""
        self.put(
            "quotes",
            hs_object_id=str(key),
            deal_id=deal,
            hs_status=status,
            hs_quote_amount=amount,
            hs_currency="EUR",
            createdate=moment_text(at),
            sent_at="" if status == "DRAFT" else moment_text(at + 3_600),
            hs_expiration_date=day_text(at // crm.DAY + 30),
        )


def write(world: World, batch: Batch) -> None:
    """Append every hand-written case."""
    pen = Pen(world, batch)
    _merges(pen)
    _deals(pen)
    _contacts(pen)
    _owners(pen)
    _moves(pen)
    _subscriptions(pen)
    _answers(pen)
    _touch_on_the_closing_day(pen)
    _dearer_invoice(pen)
    _no_deals(pen)


def _merges(pen: Pen) -> None:
    start = moment(2023, 9, 4)
    week = 7 * crm.DAY
    kept = pen.company(990_001, "Société Générique, SAS", start)
    pen.company(
        990_002, "Societe Generique", start + week, archived="true", merged_into_id="990001"
    )
    pen.company(
        990_003, "Générique (doublon)", start + week, archived="true", merged_into_id="990002"
    )
    pen.company(990_004, "O'Briand & Fils", start, archived="true")
    pen.company(990_005, "Société Générique Belgique", start, parent_company_id="990001")
    # A -> B -> C: two losers, each with history, an association and an activity of its own.
    pen.contact(
        9_000_001,
        start,
        [("lead", start), ("marketingqualifiedlead", start + week)],
        kept,
        archived="true",
        merged_into_id="9000002",
    )
    pen.contact(
        9_000_002,
        start + week,
        [("lead", start + week)],
        "990002",
        archived="true",
        merged_into_id="9000003",
    )
    survivor = pen.contact(
        9_000_003,
        start + 2 * week,
        [("lead", start + 2 * week), ("opportunity", start + 4 * week)],
        kept,
    )
    loser_company_contact = pen.contact(
        9_000_004,
        start,
        [("lead", start), ("opportunity", start + 3 * week), ("customer", start + 9 * week)],
        "990002",
    )
    pen.contact(9_000_005, start, [("lead", start)], kept, archived="true")
    pen.activity("call", "9000001", "", start + crm.DAY)
    pen.activity("email", "9000002", "", start + week + crm.DAY)
    pen.activity("email", survivor, "", start + 3 * week)
    pen.deal(
        9_100_001,
        [("nb_discovery", start + 3 * week), ("nb_won", start + 9 * week)],
        (loser_company_contact,),
        associatedcompanyid="990002",
    )
    pen.deal(
        9_100_002,
        [("nb_discovery", start + 4 * week), ("nb_demo", start + 5 * week)],
        ("9000001",),
        associatedcompanyid="990002",
        archived="true",
        merged_into_id="9100003",
    )
    pen.deal(
        9_100_003,
        [
            ("nb_demo", start + 5 * week),
            ("nb_proposal", start + 6 * week),
            ("nb_lost", start + 8 * week),
        ],
        (survivor,),
        associatedcompanyid=kept,
    )
    pen.quote(9_200_001, "9100002", "SENT", "7200.00", start + 5 * week)
    pen.quote(9_200_002, "9100003", "DECLINED", "7200.00", start + 6 * week)
    pen.activity("meeting", "9000001", "9100002", start + 4 * week + crm.DAY)
    pen.deal(9_100_004, [("nb_demo", start)], (survivor,), archived="true")
    pen.deal(
        9_100_005, [("nb_discovery", start), ("nb_won", start + week)], (survivor,), archived="true"
    )
    line = Line(
        "S990002-1",
        "recurring",
        day(2023, 11, 10),
        [Span(day(2023, 11, 10), "growth_m", 12, 4_900, 4_900)],
    )
    rng = pen.world.rng("case", 990_002)
    billing.write_subscription(
        pen.world, rng, "990002", "9100001", "S990002", "EUR", [line], pen.batch
    )


def _deals(pen: Pen) -> None:
    at = moment(2024, 5, 13)
    day_length, week = crm.DAY, 7 * crm.DAY
    home = pen.company(990_010, "L'Atelier d'Essai, SARL", at)
    steps = [("lead", at), ("opportunity", at + week), ("customer", at + 8 * week)]
    people = [
        pen.contact(9_000_030 + number, at, steps[:2] if number else steps, home)
        for number in range(4)
    ]
    one = (people[0],)

    def deal(
        key: int, path: list[tuple[str, int]], *, who: tuple[str, ...] = one, **more: str
    ) -> str:
        return pen.deal(key, path, who, **({"associatedcompanyid": home} | more))

    won = [("nb_discovery", at), ("nb_demo", at + week), ("nb_won", at + 8 * week)]
    late = moment(2025, 11, 3)
    deal(9_100_006, [("nb_discovery", moment(2024, 4, 2)), ("nb_pilot", at)])
    deal(9_100_007, [("lg_qualified", moment(2023, 2, 6)), ("lg_offer", moment(2023, 3, 6))])
    deal(
        9_100_008,
        [
            ("nb_discovery", at),
            ("nb_proposal", at + week),
            ("nb_lost", at + 4 * week),
            ("nb_negotiation", at + 9 * week),
            ("nb_won", at + 12 * week),
        ],
    )
    deal(
        9_100_009,
        [
            ("nb_discovery", at),
            ("nb_proposal", at + week),
            ("nb_won", at + 4 * week),
            ("nb_negotiation", at + 5 * week),
            ("nb_lost", at + 9 * week),
        ],
        closed_lost_reason="",
    )
    deal(9_100_010, won, who=())
    deal(9_100_011, won, associatedcompanyid="")
    deal(9_100_012, [("nb_discovery", late)], amount="")
    # The same rep won 9100010 in that month, so that some amount that she signed is known.
    deal(9_100_013, won, amount="", hubspot_owner_id=_rep(9_100_010))
    deal(9_100_014, won, amount="0.00", plan="free")
    for number in range(5):
        typed = at // day_length - 3 - 20 * number
        deal(9_100_015 + number, won, closedate=day_text(typed))
    deal(
        9_100_020,
        [("nb_demo", late), ("nb_won", late + 3 * week)],
        closedate="2026-11-30",
    )
    deal(9_100_026, won, who=tuple(people), amount="18400.00", deal_currency_code="USD")
    deal(9_100_027, won, who=tuple(people[:3]), amount="9600.00", deal_currency_code="GBP")


def _contacts(pen: Pen) -> None:
    first = moment(2024, 1, 15)
    week = 7 * crm.DAY
    home = pen.company(990_011, "Coopérative d'Élumiquor", first)
    other = pen.company(990_012, "Groupe Zanamirex", first)
    for key in (9_000_010, 9_000_011):
        pen.contact(key, first, [("lead", first)], home)
        pen.put("contact_companies", contact_id=str(key), company_id=other, is_primary="false")
    pen.contact(9_000_012, first, [("subscriber", first), ("lead", first + week)])
    for key, at in (
        (9_000_013, moment(2024, 3, 31, 22, 30)),
        (9_000_014, moment(2023, 11, 30, 23, 20)),
        (9_000_015, moment(2025, 6, 30, 22, 5)),
    ):
        pen.contact(key, at, [("lead", at)], home)
    for number in range(4):
        at = moment(2025, 4 + number, 10)
        visitor = f"ai_referral_{number}"
        known = pen.contact(
            9_000_016 + number, at, [("lead", at)], home, hs_analytics_source="AI_REFERRALS"
        )
        pen.put(
            "web_sessions",
            session_id=visitor,
            visitor_id=visitor,
            contact_id=known,
            started_at=moment_text(at - 400),
            duration_seconds="380",
            page_views="5",
            source="AI_REFERRALS",
            landing_page="/produit",
            hostname="lumevo.example",
            user_agent_type="desktop",
        )
    mql, sql, won = "marketingqualifiedlead", "salesqualifiedlead", "customer"
    paths: dict[int, list[tuple[str, int]]] = {
        9_000_020: [("lead", first), ("opportunity", first + week)],
        9_000_021: [(won, first)],
        9_000_022: [
            ("lead", first),
            (mql, first + week),
            ("lead", first + 2 * week),
            (mql, first + 5 * week),
        ],
        9_000_023: [("lead", first), (won, first + 3 * week), ("opportunity", first + 9 * week)],
        9_000_024: [
            ("lead", first),
            (sql, first + week),
            ("other", first + 2 * week),
            ("lead", first + 20 * week),
            (mql, first + 21 * week),
        ],
        9_000_025: [(sql, first + 3 * week), ("lead", first), (mql, first + week)],
        9_000_026: [("lead", first), (won, first + 6 * week)],
    }
    for key, history in paths.items():
        pen.contact(key, first, history, home)
    for number, score in enumerate(("0", "4", "9")):
        pen.put(
            "feedback_submissions",
            hs_object_id=str(9_300_001 + number),
            contact_id="9000023",
            survey_type="NPS",
            response_score=score,
            submitted_at=moment_text(first + (12 + 20 * number) * week),
        )


def _owners(pen: Pen) -> None:
    at = moment(2025, 2, 3)
    week = 7 * crm.DAY
    home = pen.company(990_013, "Ormarel GmbH", at, country="DE")
    steps = [("lead", at), ("opportunity", at + week), ("customer", at + 6 * week)]
    who = (pen.contact(9_000_040, at, steps, home),)
    for number in range(3):
        pen.deal(
            9_100_021 + number,
            [("nb_discovery", at + week), ("nb_won", at + (6 + number) * week)],
            who,
            hubspot_owner_id=str(OWNER_BASE + ONLY_WINS),
            associatedcompanyid=home,
        )
    path = [("nb_discovery", LAST_MOMENT - 5 * week), ("nb_demo", LAST_MOMENT - 3 * week)]
    # The second one goes back a stage in the last whole week.
    for number, back in enumerate(([], [("nb_discovery", moment(2025, 12, 23, 10))])):
        pen.deal(
            9_100_024 + number,
            [*path, *back],
            who,
            hubspot_owner_id=str(OWNER_BASE + NO_CLOSED_DEAL),
            associatedcompanyid=home,
        )
    assert NO_CLOSED_DEAL < OWNERS_PER_SCALE


def _moves(pen: Pen) -> None:
    """Append a rep's change of team, a corrected forecast, and two deals' owners before today's."""
    small, medium = (
        next(o.id for o in pen.world.owners if (o.team, o.role) == (team, "manager"))
        for team in ("SMB", "Mid-Market")
    )
    periods = (
        (day(2022, 9, 1), day(2025, 3, 31), "SMB", small),
        (day(2025, 4, 1), None, "Mid-Market", medium),
    )
    for first, last, team, manager in periods:
        pen.put(
            "owner_periods",
            owner_id=str(OWNER_BASE + STEADY_REPS[2]),
            valid_from=day_text(first),
            valid_to="" if last is None else day_text(last),
            team=team,
            role="account_executive",
            manager_id=manager,
        )
    # All other forecasts are round.
    pen.put(
        "submitted_forecasts",
        owner_id=str(OWNER_BASE + 1),
        submitted_on=day_text(day(2024, 2, 28)),
        forecast_month=day_text(day(2024, 3, 1)),
        forecast_amount="46212.35",
        currency="EUR",
        category="commit",
    )
    created = moment(2024, 5, 13)
    # The first goes over while it is open, the second long after it was won.
    for key, before, at in (
        (9_100_026, STEADY_REPS[4], moment(2024, 6, 10)),
        (9_100_027, STEADY_REPS[3], moment(2025, 1, 20)),
    ):
        for owner, changed in ((str(OWNER_BASE + before), created), (_rep(key), at)):
            pen.put(
                "deal_property_history",
                deal_id=str(key),
                property="hubspot_owner_id",
                value=owner,
                changed_at=moment_text(changed),
            )


def _answers(pen: Pen) -> None:
    """Append answers of one person, before and after the contact who gave the first was merged."""
    for key, contact, score, at in (
        (9_300_004, "9000002", "6", moment(2023, 12, 4)),
        (9_300_005, "9000003", "9", moment(2023, 12, 18)),
    ):
        pen.put(
            "feedback_submissions",
            hs_object_id=str(key),
            contact_id=contact,
            survey_type="NPS",
            response_score=score,
            submitted_at=moment_text(at),
        )


def _touch_on_the_closing_day(pen: Pen) -> None:
    """Append a deal won in the morning, whose contact came back in the afternoon of that day."""
    born, week = moment(2025, 3, 3), 7 * crm.DAY
    won = born + 6 * week
    home = pen.company(990_014, "Coopérative Talvane", born)
    steps = [("lead", born), ("opportunity", born + week), ("customer", won)]
    who = pen.contact(9_000_050, born, steps, home, hs_analytics_source="ORGANIC_SEARCH")
    pen.deal(
        9_100_028,
        [("nb_discovery", born + week), ("nb_proposal", born + 3 * week), ("nb_won", won)],
        (who,),
        associatedcompanyid=home,
    )
    for number, (at, source, campaign, page) in enumerate(
        (
            (born - 600, "ORGANIC_SEARCH", "", "/guide"),
            (won + 6 * 3_600, "EMAIL_MARKETING", "C06", "/clients"),
        )
    ):
        pen.put(
            "web_sessions",
            session_id=f"closing_day_{number}",
            visitor_id="closing_day",
            contact_id=who,
            started_at=moment_text(at),
            duration_seconds="240",
            page_views="4",
            source=source,
            campaign_id=campaign,
            landing_page=page,
            hostname="lumevo.example",
            user_agent_type="desktop",
        )


def _dearer_invoice(pen: Pen) -> None:
    """Append to the ledger what a platform invoiced beyond the spend that it had reported."""
    pen.put(
        "expense_ledger",
        entry_id="L990001",
        booked_on="2025-05-31",
        account_code="623100",
        account_label="Media: online and print advertising",
        department="Marketing",
        supplier="Régie Paid Search",
        amount="38.40",
        currency="EUR",
        campaign_id="C02",
    )


def _no_deals(pen: Pen) -> None:
    """Append deals that never were: entered twice by a colleague, as a test, or by mistake."""
    at, day_length = moment(2025, 5, 12), crm.DAY
    for number, (reason, days, contact, more) in enumerate(
        (
            ("Duplicate", 20, "9000030", {"associatedcompanyid": "990010"}),
            ("duplicate deal", 65, "9000040", {"associatedcompanyid": "990013"}),
            ("TEST", 1, "", {"amount": "1.00"}),
            ("Wrong entry", 4, "9000050", {"associatedcompanyid": "990014"}),
        )
    ):
        opened = at + 40 * number * day_length
        pen.deal(
            9_100_029 + number,
            [("nb_discovery", opened), ("nb_lost", opened + days * day_length)],
            (contact,) if contact else (),
            closed_lost_reason=reason,
            **more,
        )


def _subscriptions(pen: Pen) -> None:
    """Append one customer per billing case, company 9901xx, subscription S9901xx."""

    def sell(
        place: int,
        name: str,
        plan: str,
        start: int,
        *,
        quantity: int = 10,
        events: tuple[Event, ...] = (),
        end: int | None = None,
        requested: int | None = None,
        currency: str = "EUR",
        trial: int = 0,
        discount: float = 0.0,
        discount_ends: int | None = None,
        more: tuple[Line, ...] = (),
        second: bool = False,
    ) -> None:
        key = 990_100 + place
        cents = price_in(currency, PLANS[plan].cents)
        signed = max(0, min(start - 3, clock.LAST_DAY - 5)) * crm.DAY + 40_000
        opened = max(3_600 * 9, signed - 40 * crm.DAY)
        company = pen.company(
            key,
            name,
            max(3_600 * 6, opened - 10 * crm.DAY),
            country={"USD": "US", "GBP": "GB"}.get(currency, "FR"),
        )
        born = max(3_600 * 7, opened - 9 * crm.DAY)
        contact = pen.contact(
            9_000_100 + place,
            born,
            [("lead", born), ("opportunity", opened), ("customer", signed)],
            company,
        )
        deal = pen.deal(
            9_100_100 + place,
            [("nb_discovery", opened), ("nb_proposal", (opened + signed) // 2), ("nb_won", signed)],
            (contact,),
            associatedcompanyid=company,
            plan=plan,
            amount=money(crm.yearly_cents(plan, quantity, cents, discount)),
            deal_currency_code=currency,
        )
        opening = Span(
            start,
            plan,
            quantity,
            cents,
            cents,
            status="trialing" if trial else "active",
            discount=discount,
            discount_ends=discount_ends,
            trial_ends=start + trial - 1 if trial else None,
        )
        happenings = list(events)
        if trial and (end is None or end >= start + trial):
            happenings.append((start + trial, "status", "active"))
        line = Line(
            f"S{key}-1",
            "recurring",
            start + trial,
            periods(opening, happenings, end, currency),
            requested,
            end,
        )
        rng = pen.world.rng("case", key)
        billing.write_subscription(
            pen.world, rng, company, deal, f"S{key}", currency, [line, *more], pen.batch
        )
        if second:
            span = Span(start + 200, "starter_m", 5, 2_900, 2_900)
            other = Line(f"S{key}B-1", "recurring", start + 200, [span])
            billing.write_subscription(
                pen.world, rng, company, "", f"S{key}B", currency, [other], pen.batch
            )

    sell(1, "Cas 31 du mois", "growth_m", day(2024, 1, 31))
    sell(2, "Cas 29 février", "growth_y", day(2024, 2, 29))
    sell(3, "Cas annuel payé d'avance", "scale_y", day(2023, 5, 15), quantity=25)
    sell(4, "Cas trois ans", "scale_3y", day(2023, 6, 1), quantity=30)
    sell(5, "Cas hebdomadaire", "pulse_w", day(2024, 3, 4), quantity=20)
    sell(6, "Cas journalier", "day_pass", day(2025, 3, 10), quantity=40, end=day(2025, 4, 4))
    sell(7, "Cas deux abonnements", "growth_m", day(2023, 8, 1), second=True)
    sell(
        8,
        "Cas changement d'offre",
        "starter_m",
        day(2023, 10, 1),
        events=((day(2024, 6, 1), "plan", "growth_m"), (day(2025, 2, 1), "plan", "starter_m")),
    )
    sell(
        9,
        "Cas sièges en plus, en moins",
        "growth_m",
        day(2023, 9, 1),
        events=((day(2024, 3, 1), "add", 8), (day(2025, 1, 1), "shrink", 0.5)),
    )
    sell(
        10,
        "Cas remise qui finit",
        "growth_m",
        day(2024, 2, 1),
        discount=0.2,
        discount_ends=day(2024, 7, 31),
        events=((day(2024, 8, 1), "full_price", 0),),
    )
    sell(
        11,
        "Cas remise qui finit en cours de période",
        "growth_m",
        day(2024, 4, 1),
        discount=0.25,
        discount_ends=day(2024, 9, 30),
    )
    sell(12, "Cas essai transformé", "starter_m", day(2024, 9, 10), trial=14)
    sell(
        13,
        "Cas essai sans suite",
        "starter_m",
        day(2024, 9, 10),
        trial=30,
        end=day(2024, 10, 9),
        requested=day(2024, 10, 1),
    )
    sell(
        14,
        "Cas pause et reprise",
        "growth_m",
        day(2024, 1, 1),
        events=((day(2024, 7, 1), "status", "paused"), (day(2024, 10, 1), "status", "active")),
    )
    sell(
        15,
        "Cas impayé en cours",
        "growth_m",
        day(2024, 11, 20),
        events=((day(2025, 11, 20), "status", "past_due"),),
    )
    sell(
        16,
        "Cas impayé puis résilié",
        "growth_m",
        day(2024, 2, 15),
        end=day(2025, 3, 14),
        events=((day(2025, 1, 15), "status", "past_due"),),
    )
    sell(
        17,
        "Cas préavis en cours",
        "scale_y",
        day(2024, 3, 1),
        quantity=15,
        end=day(2026, 2, 28),
        requested=day(2025, 11, 12),
    )
    sell(
        18,
        "Cas préavis échu",
        "growth_y",
        day(2023, 7, 1),
        end=day(2025, 6, 30),
        requested=day(2025, 4, 2),
    )
    sell(
        19,
        "Cas venu et parti le même mois",
        "starter_m",
        day(2024, 5, 6),
        end=day(2024, 5, 27),
        requested=day(2024, 5, 20),
    )
    sell(
        20,
        "Cas absence de deux mois",
        "growth_m",
        day(2023, 10, 1),
        events=((day(2024, 4, 1), "status", "canceled"), (day(2024, 6, 1), "status", "active")),
    )
    sell(
        21,
        "Cas absence de cinq mois",
        "growth_m",
        day(2023, 6, 1),
        discount=0.05,
        events=((day(2024, 3, 1), "status", "canceled"), (day(2024, 8, 1), "status", "active")),
    )
    sell(
        22,
        "Cas prix futur",
        "growth_m",
        day(2025, 3, 1),
        events=((day(2026, 3, 1), "price", 1.05),),
    )
    sell(23, "Cas dollars", "growth_y", day(2023, 11, 1), quantity=20, currency="USD")
    sell(24, "Cas livres", "growth_m", day(2023, 12, 1), quantity=20, currency="GBP")
    sell(
        25,
        "Cas retour au gratuit",
        "starter_m",
        day(2024, 1, 1),
        events=((day(2025, 1, 1), "plan", "free"),),
    )
    start = day(2024, 10, 1)
    month_end = day(2024, 10, 31)
    sell(
        26,
        "Cas option, installation, formation",
        "growth_m",
        start,
        more=(
            Line(
                "S990126-2",
                "recurring",
                day(2025, 1, 1),
                [Span(day(2025, 1, 1), "insights_m", 10, 800, 800)],
            ),
            Line(
                "S990126-3",
                "setup",
                start,
                [Span(start, "onboarding", 1, 90_000, 90_000, month_end)],
            ),
            Line(
                "S990126-4",
                "one_off",
                start,
                [Span(start, "onboarding", 2, 45_000, 90_000, month_end)],
            ),
        ),
    )
    sell(27, "Cas signé, pas commencé", "growth_y", day(2026, 2, 1))
    sell(28, "Cas offre arrêtée", "classic_m", day(2023, 3, 1), quantity=14)
