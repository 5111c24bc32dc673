"""Cells of the KPI views, made in plain Python of things with days and segments."""

from collections import defaultdict
from datetime import timedelta

from crm import periods_of

HORIZON = timedelta(days=90)


class Figures:
    """The cells of the KPI views: (variant, grain, first day, dimension, segment) -> figures.

    `dimensions` are those by which all things are cut.
    """

    def __init__(self, company, dimensions=("channel", "owner", "team")):
        self.company = company
        self.dimensions = dimensions
        self.cells = defaultdict(dict)

    def grouped(self, things, when):
        """(grain, first day, dimension, segment) -> the things whose day lies in the period.

        A segment that any of the things has is there in every period, if only with none of them.
        """
        things = list(things)
        groups = self.empty_groups(cut for thing in things for cut in self.cuts(thing))
        for thing in things:
            if not thing[when]:
                continue
            for period in periods_of(thing[when]):
                if period in self.company.periods:
                    for cut in self.cuts(thing):
                        groups[(*period, *cut)].append(thing)
        return groups

    def empty_groups(self, cuts):
        cuts = {("all", "all"), *cuts}
        return {(*period, *cut): [] for period in self.company.periods for cut in cuts}

    def cuts(self, thing):
        yield "all", "all"
        for dimension in self.dimensions:
            yield dimension, thing[dimension]

    def add(self, kpi, variant, groups, parts, horizon=timedelta(0), value=None):
        """`parts` gives numerator and denominator (None: the figure is the numerator itself).

        The figure is provisional until the horizon is over; for ever, if there is none to wait for.
        """
        for cell, members in groups.items():
            upper, lower = parts(cell, members)
            if value is not None:
                figure = value(members)
            elif lower is None:
                figure = upper
            else:
                figure = upper / lower if lower and upper is not None else None
            end = self.company.periods[cell[:2]]
            is_provisional = horizon is None or end + horizon > self.company.today
            self.cells[kpi][(variant, *cell)] = (upper, lower, figure, is_provisional)


def waiting_time(things, start, end):
    """The time within which nine in ten of the things that got from one day to the other did so."""
    spans = [(t[start], t[end]) for t in things if t[start] and t[end]]
    days = sorted(max((last - first).days, 0) for first, last in spans)
    # The place of the last one of nine in ten, rounded up.
    enough = -(-9 * len(days) // 10)
    return timedelta(days[enough - 1]) if days else None


def had(things, key):
    return sum(1 for thing in things if thing[key])


def total(things, key):
    return sum(thing[key] for thing in things if thing[key] is not None)


def total_known(things, key):
    """The sum of the known amounts: 0 of no things, None where no thing has a known amount."""
    known = [thing[key] for thing in things if thing[key] is not None]
    return sum(known) if known or not things else None


def agree(expected, actual):
    if expected is None or actual is None:
        return expected is None and actual is None
    return abs(float(expected) - float(actual)) <= 1e-6


def assert_rows_are(expected, kpi, variants, dimensions, published):
    """Hold the published rows of some variants of a KPI against cells, by these dimensions."""
    rows = published.execute(
        f"""
        select variant, period_grain, period_start, dimension, segment,
               numerator, denominator, value, is_provisional
        from kpis.kpi_{kpi}
        where list_contains(?, variant) and list_contains(?, dimension)
        """,
        [variants, ["all", *dimensions]],
    ).fetchall()
    actual = {row[:5]: row[5:] for row in rows}
    assert len(actual) == len(rows)
    assert {cell[0] for cell in expected} == set(variants)
    missing, unexpected = expected.keys() - actual.keys(), actual.keys() - expected.keys()
    assert not missing, f"{len(missing)} rows are missing, e.g. {sorted(missing)[:5]}"
    assert not unexpected, f"{len(unexpected)} rows too many, e.g. {sorted(unexpected)[:5]}"
    wrong = {
        cell: {"expected": expected[cell], "actual": actual[cell]}
        for cell in expected
        if not all(map(agree, expected[cell], actual[cell]))
    }
    assert not wrong, f"{len(wrong)} of {len(expected)} cells, e.g. {list(wrong.items())[:5]}"
