"""The pages for managers tell the truth: their figures are the demo's, in both languages."""

import csv
import re
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from kpi_catalogue import catalogue

ROOT = Path(__file__).parents[2]
YEARS = (2025, 2024)  # as the tables show them
# KPI with a table of its variants -> what the columns of unit_economics begin with
TABLES = {
    "customer_lifetime_value": "clv_",
    "customer_acquisition_cost": "cac_",
    "lead_to_close": "",
}
ALONE = ("ltv_cac_ratio", "net_customer_value", "cac_payback_months")
# Cells that the pages call empty: column, grain, period, segment (a channel, or all)
EMPTY = [
    ("cac_media_only", "year", "2025-01-01", "direct"),
    ("close_rate", "year", "2024-01-01", "ai_referrals"),
    ("cac_fully_loaded", "month", "2023-01-01", "all"),
    ("leads_per_close", "year", "2025-01-01", "ai_referrals"),
    ("leads_per_lost", "year", "2025-01-01", "ai_referrals"),
    ("customer_lifetime_expected", "year", "2025-01-01", "paid_search"),
    ("clv_annual_revenue_margin", "year", "2025-01-01", "paid_search"),
    ("customer_lifetime_expected", "year", "2024-01-01", "all"),
    ("clv_annual_revenue_margin", "year", "2024-01-01", "all"),
    ("ltv_cac_ratio", "year", "2024-01-01", "all"),
    ("customer_lifetime_expected", "year", "2025-01-01", "referral"),
    ("customer_lifetime_expected", "year", "2023-01-01", "all"),
    ("clv_retention", "year", "2023-01-01", "all"),
    ("cac_payback_months", "month", "2023-03-01", "all"),
]


@dataclass(frozen=True)
class Page:
    """A page and the way its language writes numbers."""

    path: str
    group: str
    point: str
    percent: str
    date: str

    @property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    def written(self, value: Decimal, decimals: int) -> str:
        """Return a number as this page writes it."""
        text = f"{rounded(value, decimals):,}"
        return text.replace(",", "\0").replace(".", self.point).replace("\0", self.group)

    def cell(self, name: str, value: Decimal | None) -> str:
        """Return a figure as the tables show it: shares in percent, small ones with a decimal."""
        if value is None:
            return "–"
        if re.search("_rate(_|$)", name):
            return self.written(100 * value, 1) + self.percent
        return self.written(value, 0 if abs(value) >= 100 else 1)

    def numbers(self) -> list[tuple[Decimal, int, bool]]:
        """Return number, decimals and whether in percent of all numbers but names and dates."""
        text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", self.text)
        text = re.sub(self.date, "", text)
        group, point = re.escape(self.group), re.escape(self.point)
        pattern = rf"(\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{point}(\d+))?({self.percent})?"
        return [
            (
                Decimal(whole.replace(self.group, "") + "." + (part or "0")),
                len(part),
                bool(percent),
            )
            for whole, part, percent in re.findall(pattern, text)
        ]


ENGLISH = Page("docs/unit-economics.md", ",", ".", "%", r"31 December(?: 20\d\d)?")
# The French page writes no-break spaces.
FRENCH = Page("docs/rentabilite-client.md", "\u00a0", ",", "\u00a0%", r"31 décembre(?: 20\d\d)?")
PAGES = pytest.mark.parametrize("page", [ENGLISH, FRENCH], ids=lambda page: page.path)


# What French typography is not asked of: code, comments, where links lead to, rules of tables
NOT_WORDS = re.compile(
    r"```.*?```|`[^`]*`|<!--.*?-->|(?<=\])\([^)]*\)|https?://\S+|^\|[-:| ]+\|$",
    re.DOTALL | re.MULTILINE,
)
# One rule for all marks: the no-break space U+00A0, never the narrow one.
FRENCH_FAULTS = {
    "a straight apostrophe, not \u2019": re.compile("'"),
    "no U+00A0 before the mark": re.compile("(?<!\u00a0)[:;?!%\u00bb]"),
    "no U+00A0 after the mark": re.compile("\u00ab(?!\u00a0)"),
}


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def variables() -> dict:
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of the first table of a text, by the code that each row begins with."""
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)[0]
    found = re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in found}


@pytest.fixture(scope="module")
def warehouse(demo_build):
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        yield con


def read(con, view: str, where: str) -> list[dict]:
    found = con.execute(f"select * from {view} where {where}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def of_year(con, view: str, year: int, segment: str = "all") -> dict:
    """Return the one row of a year, in total or of a channel."""
    dimension = "all" if segment == "all" else "channel"
    [row] = read(
        con,
        view,
        f"period_grain = 'year' and period_start = '{year}-01-01' "
        f"and dimension = '{dimension}' and segment = '{segment}'",
    )
    return row


def worked(con, year: int) -> dict[str, Decimal]:
    """Return what the pages work out beyond the columns of the two views."""
    economics = of_year(con, "kpis.unit_economics", year)
    inputs = of_year(con, "kpis.customer_value_inputs", year)
    costs = {
        row["variant"]: row
        for row in read(
            con,
            "kpis.kpi_customer_acquisition_cost",
            f"period_grain = 'year' and dimension = 'all' and period_start = '{year}-01-01'",
        )
    }
    leads = {
        row["variant"]: row
        for row in read(
            con,
            "kpis.kpi_lead_to_close",
            f"period_grain = 'year' and dimension = 'all' and period_start = '{year}-01-01'",
        )
    }
    [[won_in_time, median_days]] = con.execute(
        "select count(case when year(first_won_date) = year(lead_date) then 1 end), "
        "median(date_diff('day', lead_date, first_won_date)) "
        f"from marts.fct_contact_funnel where year(lead_date) = {year}"
    ).fetchall()
    yearly_revenue = (
        inputs["recognised_12_months_amount"] / inputs["earning_customer_count_12_months"]
    )
    yearly_margin = yearly_revenue * inputs["gross_margin_rate_12_months"]
    discounted = 1 + Decimal(str(variables()["clv_discount_rate"]))
    before, customers = inputs["customer_count_12_months_ago"], inputs["customer_count_12_months"]
    retained, lost = inputs["retained_customer_count"], inputs["lost_customer_count_12_months"]
    cost = economics["cac_fully_loaded"]
    figures = {
        "yearly revenue": yearly_revenue,
        "yearly margin": yearly_margin,
        "a year at today's prices": 12 * inputs["mrr_amount"] / inputs["active_customer_count"],
        "basket": inputs["invoiced_12_months_amount"] / inputs["invoice_count_12_months"],
        "yearly baskets": inputs["invoiced_12_months_amount"] / inputs["buyer_count_12_months"],
        "discount": discounted - 1,
        "discounted": discounted,
        "years by retention": retained / (discounted * before - retained),
        "expected years": Decimal(customers) / lost,
        "value at the expected years": yearly_margin * customers / lost,
        "value if one more had left": yearly_margin * customers / (lost + 1),
        "value at the expected years, by cost": yearly_margin * customers / lost / cost,
        "years for a ratio of 3": 3 * cost / yearly_margin,
        "seen margin by full cost": economics["clv_basket_margin"] / cost,
        "other marketing": costs["marketing"]["numerator"] - costs["media_only"]["numerator"],
        "sales": costs["fully_loaded"]["numerator"] - costs["marketing"]["numerator"],
        "not marketing's": costs["fully_loaded"]["denominator"] - costs["marketing"]["denominator"],
        "won in the same year": won_in_time,
        "share won in the same year": won_in_time / leads["close_rate"]["denominator"],
        "days to win": median_days,
    }
    [[figures["days to nine wins in ten"]]] = con.execute(
        "select maturity_days from aggregates.agg_conversion_days where conversion = 'lead_to_won'"
    ).fetchall()
    if economics["clv_annual_revenue"]:
        figures["revenue by media"] = economics["clv_annual_revenue"] / economics["cac_media_only"]
    for kind in (costs, leads):
        for variant, row in kind.items():
            figures |= {f"{variant} {part}": row[part] for part in ("numerator", "denominator")}
    return {name: Decimal(value) for name, value in figures.items()}


@PAGES
@pytest.mark.parametrize("kpi", TABLES)
def test_variants_are_those_of_the_catalogue_with_the_figures_of_the_demo(page, kpi, warehouse):
    shown = rows(page.text.split(f"(`{kpi}`)")[1])
    known = catalogue()[kpi]
    assert sorted(shown) == sorted(known["variants"])
    assert next(iter(shown)) == next(iter(known["variants"]))
    years = [of_year(warehouse, "kpis.unit_economics", year) for year in YEARS]
    assert {name: cells[: len(YEARS)] for name, cells in shown.items()} == {
        name: [page.cell(name, row[TABLES[kpi] + name]) for row in years] for name in shown
    }


@PAGES
def test_what_follows_from_them_has_the_figures_of_the_demo(page, warehouse):
    shown = rows(page.text[page.text.rindex("\n## ") :])
    assert tuple(shown) == ALONE
    years = [of_year(warehouse, "kpis.unit_economics", year) for year in YEARS]
    assert {name: cells[: len(YEARS)] for name, cells in shown.items()} == {
        name: [page.cell(name, row[name]) for row in years] for name in shown
    }


def new_customers(con) -> list[Decimal]:
    """Return the counts of new customers of the last year, in the order of the pages' table."""

    def figure(kpi, variant, column):
        [row] = read(
            con,
            f"kpis.kpi_{kpi}",
            f"variant = '{variant}' and period_grain = 'year' "
            f"and period_start = '{YEARS[0]}-01-01' and dimension = 'all'",
        )
        return row[column]

    inputs = of_year(con, "kpis.customer_value_inputs", YEARS[0])
    companies = figure("new_customers", "companies", "value")
    assert companies == figure("customer_acquisition_cost", "fully_loaded", "denominator")
    return [
        figure("bookings", "deals", "value"),
        figure("new_customers", "standard", "value"),
        Decimal(inputs["new_customer_count"]),
        companies,
        figure("lead_to_close", "close_rate", "numerator"),
        figure("customer_acquisition_cost", "marketing", "denominator"),
        figure("lead_to_customer_rate", "cohort", "numerator"),
    ]


@PAGES
def test_counts_of_new_customers_are_those_of_the_demo(page, warehouse):
    counts = new_customers(warehouse)
    table = re.findall(r"^\| (\d+) \| (.+?) \| .+ \|$", page.text, re.MULTILINE)
    assert [Decimal(count) for count, _ in table] == counts
    [of_the_year, of_years_before] = re.findall(
        r": (\d+) leads .*? (\d+) ", table[1][1].replace("\u00a0", " ")
    )[0]
    assert Decimal(of_the_year) == counts[-1]
    assert Decimal(of_years_before) == counts[1] - counts[-1]
    # Leads who are customers are on a won deal: the pages say so.
    [[elsewhere, before]] = warehouse.execute(
        "select count(*) filter (where year(lead_date) = $year and first_won_date is null), "
        "count(*) filter (where year(customer_date) = $year and year(lead_date) < $year) "
        "from marts.fct_contact_funnel where customer_date is not null",
        {"year": YEARS[0]},
    ).fetchall()
    assert (elsewhere, before) == (0, counts[1] - counts[-1])


@PAGES
def test_every_figure_is_one_of_the_demo(page, warehouse):
    counts = new_customers(warehouse)
    facts = [Decimal(1), *counts, counts[1] - counts[-1]]
    for year in YEARS:
        facts += worked(warehouse, year).values()
        for view in ("kpis.unit_economics", "kpis.customer_value_inputs"):
            facts += of_year(warehouse, view, year).values()
    for channel in ("referral", "paid_search"):
        inputs = of_year(warehouse, "kpis.customer_value_inputs", YEARS[0], channel)
        facts.append(inputs["customer_count_12_months"])
    numbers = [Decimal(fact) for fact in facts if isinstance(fact, (int, Decimal))]
    # Small whole numbers ("3 people", "5 years") and years are words.
    figures = {
        (figure, decimals, percent)
        for figure, decimals, percent in page.numbers()
        if decimals or percent or (figure >= 20 and figure not in (2023, *YEARS))
    }

    unknown = {
        (figure, decimals, percent)
        for figure, decimals, percent in figures
        if figure not in {rounded(n * (100 if percent else 1), decimals) for n in numbers}
    }

    assert len(figures) > 80
    assert not unknown


def french_faults(text: str) -> list[str]:
    """Return what is wrong in a line of French, with the place and the words around it."""
    return [
        f"character {found.start() + 1}: {fault} in {text[max(found.start() - 20, 0) :][:40]!r}"
        for fault, pattern in FRENCH_FAULTS.items()
        for found in pattern.finditer(text)
    ]


def test_the_french_page_follows_french_typography():
    # As many characters in place of code keep the places of all others.
    words = NOT_WORDS.sub(lambda found: re.sub(".", "x", found[0]), FRENCH.text)
    faults = [
        f"{FRENCH.path}, line {number}, {fault}"
        for number, line in enumerate(words.splitlines(), 1)
        for fault in french_faults(line)
    ]
    assert not faults, "\n".join(faults)


def test_the_french_words_of_the_catalogue_follow_french_typography():
    """All columns of the reference seeds whose name ends with `_fr`."""
    faults, columns = [], set()
    for path in sorted((ROOT / "seeds/reference").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            for row in reader:
                for column in (name for name in row if name.endswith("_fr")):
                    columns.add(column)
                    faults += [
                        f"{path.name}, line {reader.line_num} ({', '.join(list(row.values())[:2])})"
                        f", {column}, {fault}"
                        for fault in french_faults(row[column])
                    ]
    assert columns == {
        "name_fr", "description_fr", "label_fr", "means_fr", "stage_name_fr", "text_fr",
        "word_fr", "words_fr", "to_do_fr", "money_fr", "when_to_use_fr", "formula_fr",
    }  # fmt: skip
    assert not faults, "\n".join(faults)


def test_every_formula_is_in_french_too():
    """Each has words of its own, and computes with the signs and numbers of the English one."""

    def computed(formula):
        return Counter(re.findall(r"(?<= )[/*+=-](?= )|[|]|\b[1-9]\d*\b", formula))

    formulas = {
        (kpi, variant): (row["formula_en"], row["formula_fr"])
        for kpi, each in catalogue().items()
        for variant, row in each["variants"].items()
    }
    assert len(formulas) > 190
    assert [at for at, (_, french) in formulas.items() if not french.strip()] == []
    assert [at for at, (english, french) in formulas.items() if french == english] == []
    assert {
        at: (english, french)
        for at, (english, french) in formulas.items()
        if computed(english) != computed(french)
    } == {}


def test_both_pages_show_the_same_figures():
    assert set(ENGLISH.numbers()) == set(FRENCH.numbers())


@PAGES
def test_every_name_exists(page):
    kpis = catalogue()
    names = {"unit_economics", *kpis, *variables()}
    names |= {variant for row in kpis.values() for variant in row["variants"]}
    assert set(re.findall(r"`([^`]+)`", page.text)) <= names


def value_of(con, column, grain, start, segment):
    dimension = "all" if segment == "all" else "channel"
    [row] = read(
        con,
        "kpis.unit_economics",
        f"period_grain = '{grain}' and period_start = '{start}' "
        f"and dimension = '{dimension}' and segment = '{segment}'",
    )
    return row[column]


@pytest.mark.parametrize("cell", EMPTY, ids=" ".join)
def test_cells_said_to_be_empty_are(cell, warehouse):
    assert value_of(warehouse, *cell) is None


def test_a_true_zero_and_a_true_loss_are_shown(warehouse):
    assert value_of(warehouse, "close_rate", "year", "2025-01-01", "ai_referrals") == 0
    assert value_of(warehouse, "clv_historical_margin", "month", "2023-03-01", "all") < 0
