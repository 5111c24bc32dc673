"""The parameters of Lumévo: channels, seasons, teams, plans, pipelines and campaigns.

Everything that shapes the figures stands here; the other modules only draw from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from generator import clock, names

COMPANIES = 1_090
"""Companies at scale 1, the hand-written cases not counted."""

CONTACTS = 2_980
"""Contacts expected at scale 1; campaign budgets are planned on it."""

HOSTNAME = "lumevo.example"
INTERNAL_HOSTNAME = "staging.lumevo.example"

LEAD_SEASON = (1.0, 1.02, 1.12, 1.0, 0.95, 1.02, 0.85, 0.45, 1.15, 1.12, 1.05, 0.6)
"""Weight of January to December in new leads: weak in August and December."""

GROWTH = 2.0
"""Leads of the last month over those of the first, seasons aside."""


@dataclass(frozen=True)
class Channel:
    """A lead source: its share of leads and how its leads behave.

    `win` and `size` multiply win probability and seats, `churn` the yearly churn; `cpl` is the
    planned cost per lead in EUR; `is_web` says whether leads come through the site. `rate` is the
    share of visitors, registrants or scanned badges that become leads: the others stay strangers.
    """

    share: float
    win: float
    size: float
    churn: float
    cpl: int
    is_web: bool
    rate: float = 1.0

    @property
    def strangers(self) -> float:
        """Visitors at scale 1 who never become a contact."""
        return CONTACTS * self.share * (1 / self.rate - 1)


CHANNELS = {
    "SOCIAL_MEDIA": Channel(0.015, 0.80, 0.85, 1.20, 150, True, 0.0178),
    "DIRECT_TRAFFIC": Channel(0.05, 1.05, 1.05, 0.95, 0, True, 0.019),
    "ORGANIC_SEARCH": Channel(0.10, 1.15, 1.05, 0.90, 190, True, 0.0243),
    "EMAIL_MARKETING": Channel(0.05, 0.90, 0.95, 1.00, 150, True, 0.046),
    "PAID_SEARCH": Channel(0.06, 1.00, 1.00, 1.10, 250, True, 0.0232),
    "REFERRALS": Channel(0.05, 1.40, 1.10, 0.55, 200, True, 0.034),
    "PAID_SOCIAL": Channel(0.03, 0.80, 0.95, 1.60, 195, True, 0.0192),
    "WEBINAR": Channel(0.15, 1.05, 1.00, 0.95, 115, True, 0.36),
    "OFFLINE": Channel(0.235, 1.00, 1.05, 1.05, 135, False),
    "PARTNER": Channel(0.08, 1.25, 1.15, 0.70, 230, False),
    "TRADE_SHOW": Channel(0.18, 1.10, 1.25, 0.90, 185, False, 0.26),
}
"""Outbound calls by SDRs are OFFLINE, as in the CRM."""

NURTURED = {
    "DIRECT_TRAFFIC": 46,
    "EMAIL_MARKETING": 20,
    "ORGANIC_SEARCH": 20,
    "PAID_SOCIAL": 8,
    "PAID_SEARCH": 6,
}
"""How people whom the company has met come back to the site."""

CURIOUS = {
    "ORGANIC_SEARCH": 34,
    "PAID_SEARCH": 30,
    "DIRECT_TRAFFIC": 20,
    "PAID_SOCIAL": 10,
    "REFERRALS": 5,
    "SOCIAL_MEDIA": 1,
}
"""How people look at the site before the company meets them at a stand, on a call, in a webinar."""


@dataclass(frozen=True)
class Team:
    """A sales team: reps, win probability, median seats and median cycle in days."""

    reps: int
    win: float
    seats: int
    cycle: int
    gross: int
    quota: int


TEAMS = {
    "Enterprise": Team(3, 0.19, 58, 90, 4_600, 34_000),
    "Mid-Market": Team(4, 0.22, 25, 57, 3_900, 22_000),
    "SMB": Team(5, 0.245, 14, 36, 3_200, 13_000),
    "Partners": Team(2, 0.28, 19, 50, 3_700, 19_000),
}
"""`gross` is the monthly gross salary of a rep in EUR, `quota` the first quarter's quota."""

COUNTRIES = {
    "FR": 56,
    "BE": 9,
    "DE": 8,
    "ES": 6,
    "CH": 5,
    "GB": 5,
    "US": 4,
    "NL": 3,
    "IT": 3,
    "MA": 1,
}
CURRENCIES = {"GB": "GBP", "US": "USD"}
PRICE_FACTORS = {"EUR": 1.0, "USD": 1.1, "GBP": 0.88}
INDUSTRIES = {
    "Software": 22,
    "Manufacturing": 16,
    "Retail": 14,
    "Business services": 14,
    "Logistics": 10,
    "Health": 9,
    "Education": 6,
    "Food & beverage": 5,
    "": 4,
}
JOBS = (
    "Head of Sales",
    "Sales Operations",
    "Marketing Manager",
    "CFO",
    "CEO",
    "IT Manager",
    "Directrice commerciale",
    "Responsable CRM",
    "Acheteur, services généraux",
    "",
)
LOST_REASONS = ("competitor", "price", "no_decision", "timing", "missing_feature")


@dataclass(frozen=True)
class Plan:
    """A line of the price list; `cents` is the price per unit and billing period, in EUR."""

    name: str
    family: str
    interval: str
    count: int
    cents: int
    is_active: bool = True


PLANS = {
    "starter_m": Plan("Starter monthly", "platform", "month", 1, 2_900),
    "starter_y": Plan("Starter yearly", "platform", "year", 1, 29_000),
    "growth_m": Plan("Growth monthly", "platform", "month", 1, 4_900),
    "growth_y": Plan("Growth yearly", "platform", "year", 1, 49_000),
    "scale_m": Plan("Scale monthly", "platform", "month", 1, 7_900),
    "scale_y": Plan("Scale yearly", "platform", "year", 1, 79_000),
    "scale_3y": Plan("Scale three years", "platform", "year", 3, 213_000),
    "pulse_w": Plan("Pulse weekly", "platform", "week", 1, 900),
    "day_pass": Plan("Day pass", "platform", "day", 1, 200),
    "free": Plan("Free", "platform", "month", 1, 0),
    "insights_m": Plan("Insights add-on monthly", "add_on", "month", 1, 800),
    "insights_y": Plan("Insights add-on yearly", "add_on", "year", 1, 8_000),
    "onboarding": Plan("Onboarding package", "services", "month", 1, 90_000),
    "classic_m": Plan("Classic (no longer sold)", "platform", "month", 1, 3_900, False),
}

STAGES = (
    ("new_business", "New business", "nb_discovery", "Discovery", 1, "0.10", False),
    ("new_business", "New business", "nb_demo", "Demo done", 2, "0.25", False),
    ("new_business", "New business", "nb_pilot", "Pilot", 3, "0.40", True),
    ("new_business", "New business", "nb_proposal", "Proposal sent", 4, "0.50", False),
    ("new_business", "New business", "nb_negotiation", "Negotiation", 5, "0.75", False),
    ("new_business", "New business", "nb_won", "Closed won", 6, "1.00", False),
    ("new_business", "New business", "nb_lost", "Closed lost", 7, "0.00", False),
    ("expansion", "Expansion", "ex_identified", "Identified", 1, "0.30", False),
    ("expansion", "Expansion", "ex_proposal", "Proposal sent", 2, "0.60", False),
    ("expansion", "Expansion", "ex_won", "Closed won", 3, "1.00", False),
    ("expansion", "Expansion", "ex_lost", "Closed lost", 4, "0.00", False),
    ("legacy", "Ventes 2022 (archivé)", "lg_qualified", "Qualifié", 1, "0.20", True),
    ("legacy", "Ventes 2022 (archivé)", "lg_offer", "Offre", 2, "0.50", True),
    ("legacy", "Ventes 2022 (archivé)", "lg_won", "Gagné", 3, "1.00", True),
    ("legacy", "Ventes 2022 (archivé)", "lg_lost", "Perdu", 4, "0.00", True),
)
"""Pipeline, its label, stage, its label, order, probability from 0 to 1, archived."""

OPEN_STAGES = {
    "new_business": ("nb_discovery", "nb_demo", "nb_proposal", "nb_negotiation"),
    "expansion": ("ex_identified", "ex_proposal"),
    "legacy": ("lg_qualified", "lg_offer"),
}
STAGE_PREFIXES = {"new_business": "nb", "expansion": "ex", "legacy": "lg"}


@dataclass(frozen=True)
class Owner:
    """An employee who owns CRM records; `end` is the last day of one who left."""

    id: str
    first: str
    last: str
    team: str
    role: str
    start: int
    end: int | None = None
    win: float = 1.0
    size: float = 1.0
    cycle: float = 1.0

    def is_active(self, day: int) -> bool:
        """Tell whether the owner is employed on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Campaign:
    """A campaign; `end` is None while open-ended, `weight` its part of the channel's leads."""

    id: str
    name: str
    channel: str
    start: int
    end: int | None
    weight: float = 1.0
    currency: str = "EUR"

    def is_active(self, day: int) -> bool:
        """Tell whether the campaign runs on a day."""
        return self.start <= day and (self.end is None or day <= self.end)


ONLY_WINS = 18
NO_CLOSED_DEAL = 19
"""Places in the roster of the manager whose deals are all won, and of the one with open deals."""

SAME_NAME = (4, 9)
"""Places in the roster of two reps with the same first and last name."""

OWNERS_PER_SCALE = 50
"""Ids kept apart for the owners of each multiple of the scale."""


def roster(seed: int, group: int) -> list[Owner]:
    """Return the owners of one scale group: 14 reps, 4 SDRs, 4 managers, 3 CSMs."""
    owners: list[Owner] = []

    def hire(team: str, role: str, start: int, end: int | None = None) -> None:
        place = len(owners)
        rng = Random(f"{seed}:owner:{group}:{place}")
        first, last = names.person(rng)
        if place in SAME_NAME and group == 0:
            first, last = "Camille", "Vernouel"
        owners.append(
            Owner(
                id=str(70_001 + group * OWNERS_PER_SCALE + place),
                first=first,
                last=last,
                team=team,
                role=role,
                start=start,
                end=end,
                win=0.75 + 0.5 * rng.random(),
                size=0.85 + 0.35 * rng.random(),
                cycle=0.85 + 0.35 * rng.random(),
            )
        )

    before = clock.day(2022, 9, 1)
    for team, size in ((name, TEAMS[name].reps) for name in TEAMS):
        for number in range(size):
            start, end = before, None
            if (team, number) == ("SMB", 4):
                start = clock.day(2024, 7, 1)
            elif (team, number) == ("SMB", 3):
                end = clock.day(2024, 10, 31)
            elif (team, number) == ("Mid-Market", 3):
                end = clock.day(2025, 5, 30)
            hire(team, "account_executive", start, end)
    for number in range(4):
        hire(
            "SDR",
            "sdr",
            before if number < 2 else clock.day(2024, 1, 8),
            clock.day(2024, 12, 20) if number == 1 else None,
        )
    for team in TEAMS:
        hire(team, "manager", before)
    for number in range(3):
        hire("Customer Success", "csm", before if number == 0 else clock.day(2023 + number, 2, 1))
    return owners


_ALWAYS_ON = (
    ("Marque - recherche", "PAID_SEARCH", (2023, 1, 1), None, 1.0, "EUR"),
    ("CRM software - search", "PAID_SEARCH", (2023, 1, 1), None, 1.4, "EUR"),
    ("Competitors 2023", "PAID_SEARCH", (2023, 3, 1), (2023, 12, 31), 0.6, "EUR"),
    ("US pilot - search", "PAID_SEARCH", (2024, 9, 1), (2025, 12, 31), 0.4, "USD"),
    ("Retargeting", "PAID_SOCIAL", (2023, 1, 1), None, 0.6, "EUR"),
    ("Newsletter", "EMAIL_MARKETING", (2023, 1, 1), None, 1.0, "EUR"),
    ("Reactivation emails", "EMAIL_MARKETING", (2024, 2, 1), None, 0.6, "EUR"),
    ("Parrainage client", "REFERRALS", (2023, 1, 1), None, 1.0, "EUR"),
    ("Guides et modèles", "SOCIAL_MEDIA", (2023, 5, 1), None, 1.0, "EUR"),
    ("Presse professionnelle", "OFFLINE", (2023, 1, 1), None, 1.0, "EUR"),
    ("Integrators co-marketing", "PARTNER", (2023, 1, 1), (2024, 6, 30), 1.0, "EUR"),
    ("Marketplace listing", "PARTNER", (2024, 1, 1), None, 1.0, "EUR"),
)
_FAIRS = (
    ("Salon Ventes & Données 2023", (2023, 3, 21), 3),
    ("Forum PME Lyonvel 2023", (2023, 9, 26), 2),
    ("Salon Ventes & Données 2024", (2024, 3, 19), 3),
    ("RevOps Tage Velstadt 2024", (2024, 6, 4), 2),
    ("Forum PME Lyonvel 2024", (2024, 9, 24), 2),
    ("Salon Ventes & Données 2025", (2025, 3, 18), 3),
    ("RevOps Tage Velstadt 2025", (2025, 6, 3), 2),
    ("Forum PME Lyonvel 2025", (2025, 9, 23), 2),
)
_WEBINARS = (
    ("Webinaire Prévoir ses ventes", (2023, 2, 9)),
    ("Webinaire Un CRM propre", (2023, 6, 15)),
    ("Webinaire Forecast basics", (2023, 10, 5)),
    ("Webinaire Préparer son budget 2024", (2023, 11, 30)),
    ("Webinaire Mesurer le marketing", (2024, 2, 8)),
    ("Webinaire Pipeline reviews", (2024, 6, 20)),
    ("Webinaire Réduire le churn", (2024, 10, 3)),
    ("Webinaire Préparer son budget 2025", (2024, 11, 28)),
    ("Webinaire IA et CRM", (2025, 2, 6)),
    ("Webinaire RevOps à trois", (2025, 6, 19)),
    ("Webinaire Net revenue retention", (2025, 10, 2)),
    ("Webinaire Préparer son budget 2026", (2025, 11, 27)),
)
"""Name and day of each webinar."""

WEBINAR_OPENS = 28
"""Days from the opening of a webinar's registration page to the webinar."""


def _webinar_drafts() -> list[tuple[str, str, int, int | None, float, str]]:
    """Return the webinars: each is open until the next one opens, as a replay after its day."""
    days = [clock.day(*day) for _, day in _WEBINARS]
    ends = [day - WEBINAR_OPENS - 1 for day in days[1:]] + [clock.LAST_DAY]
    return [
        (name, "WEBINAR", day - WEBINAR_OPENS, end, GROWTH ** (day / clock.LAST_DAY), "EUR")
        for (name, _), day, end in zip(_WEBINARS, days, ends, strict=True)
    ]


def campaign_list() -> list[Campaign]:
    """Return the campaigns: always-on, one social wave per half-year, the fairs, an empty one.

    Outbound calls and the webinars come last: an id is a place in this list.
    """
    drafts = [
        (name, channel, clock.day(*start), clock.day(*end) if end else None, weight, currency)
        for name, channel, start, end, weight, currency in _ALWAYS_ON
    ]
    for year in (2023, 2024, 2025):
        for half, first, last in ((1, (1, 9), (6, 30)), (2, (7, 1), (12, 23))):
            drafts.append(
                (
                    f"Vague sociale {year} S{half}",
                    "PAID_SOCIAL",
                    clock.day(year, *first),
                    clock.day(year, *last),
                    1.0,
                    "EUR",
                )
            )
    for name, start, length in _FAIRS:
        first_day = clock.day(*start)
        weight = GROWTH ** (first_day / clock.LAST_DAY)
        drafts.append((name, "TRADE_SHOW", first_day, first_day + length - 1, weight, "EUR"))
    drafts.append(
        (
            "Affichage métro, test",
            "OFFLINE",
            clock.day(2025, 2, 3),
            clock.day(2025, 2, 28),
            0.0,
            "EUR",
        )
    )
    for year in (2023, 2024, 2025):
        drafts.append(
            (
                f"Vœux {year}",
                "EMAIL_MARKETING",
                clock.day(year, 1, 4),
                clock.day(year, 1, 31),
                0.5,
                "EUR",
            )
        )
    drafts.append(("Prospection sortante", "OFFLINE", clock.day(2023, 1, 1), None, 3.0, "EUR"))
    drafts += _webinar_drafts()
    return [Campaign(f"C{number:02d}", *draft) for number, draft in enumerate(drafts, start=1)]


@dataclass
class World:
    """One run: its seed and scale, with the people and campaigns that everything refers to."""

    seed: int
    scale: int
    owners: list[Owner] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    won_by_rep_month: dict[tuple[str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.campaigns = campaign_list()
        self._groups = [roster(self.seed, group) for group in range(self.scale)]
        self.owners = [owner for group in self._groups for owner in group]
        self._by_team: dict[tuple[int, str], list[Owner]] = {}
        for number, group in enumerate(self._groups):
            for owner in group:
                key = owner.team if owner.role == "account_executive" else owner.role
                self._by_team.setdefault((number, key), []).append(owner)
        self.fairs = [item for item in self.campaigns if item.channel == "TRADE_SHOW"]
        self.webinars = [item for item in self.campaigns if item.channel == "WEBINAR"]
        self._campaigns = {item.id: item for item in self.campaigns}
        weights = [month_weight(month) for month in range(clock.MONTHS)]
        total = sum(weights)
        self.month_shares = [weight / total for weight in weights]

    def rng(self, *key: object) -> Random:
        """Return the generator of one entity, so that entities do not shift each other."""
        return Random(":".join(map(str, (self.seed, *key))))

    def pick_owner(self, rng: Random, group: int, kind: str, day: int) -> Owner:
        """Return a team's rep (or an owner of role sdr, csm) employed on a day."""
        staff = [owner for owner in self._by_team[group, kind] if owner.is_active(day)]
        return staff[int(rng.random() * len(staff))]

    def webinar_visit(self, rng: Random) -> tuple[Campaign, int]:
        """Return a webinar and a day on which somebody registers: most in the days before it."""
        webinar = rng.choices(self.webinars, [item.weight for item in self.webinars])[0]
        live, share = webinar.start + WEBINAR_OPENS, rng.random()
        if rng.random() < 0.82:
            return webinar, live - int(share**2 * WEBINAR_OPENS)
        assert webinar.end is not None
        return webinar, min(webinar.end, live + 1 + int(share**2 * 40))

    def next_webinar_visit(self, rng: Random, day: int) -> int:
        """Return a day on which somebody registers for the first webinar that takes place later."""
        coming = (item.start + WEBINAR_OPENS for item in self.webinars)
        live = next((live for live in coming if live > day), clock.LAST_DAY + 1)
        return max(day, live - int(rng.random() ** 2 * WEBINAR_OPENS))

    def still_running(self, campaign: str, day: int) -> str:
        """Return the campaign if it runs on a day, else an empty text."""
        return campaign if campaign and self._campaigns[campaign].is_active(day) else ""

    def pick_campaign(self, rng: Random, channel: str, day: int) -> str:
        """Return the campaign that brought a lead, or an empty text; fairs are picked before."""
        if channel == "TRADE_SHOW" or (channel == "REFERRALS" and rng.random() < 0.35):
            return ""
        running = [
            item
            for item in self.campaigns
            if item.channel == channel and item.weight and item.is_active(day)
        ]
        if not running:
            return ""
        return rng.choices(running, [item.weight for item in running])[0].id


def month_weight(month: int) -> float:
    """Return the relative number of leads in a month: growth times season."""
    return GROWTH ** (month / (clock.MONTHS - 1)) * LEAD_SEASON[month % 12]


def month_at(shares: list[float], position: float) -> tuple[int, float]:
    """Return the month at a position from 0 to 1 of the cumulated shares, and how far into it."""
    for month, share in enumerate(shares):
        if position < share or month == len(shares) - 1:
            return month, min(position / share, 0.9999)
        position -= share
    raise ValueError("no months")


def spread(rng: Random, median: float, sigma: float) -> float:
    """Return a log-normal draw around a median."""
    return median * math.exp(rng.gauss(0.0, sigma))


def weighted(rng: Random, weights: dict[str, int]) -> str:
    """Return a key with the probability of its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def price_in(currency: str, cents: int) -> int:
    """Return a list price in cents of another currency, rounded to whole units."""
    if currency == "EUR":
        return cents
    return round(cents * PRICE_FACTORS[currency] / 100) * 100


def money(cents: int) -> str:
    """Return an amount with two decimals and a dot."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"
