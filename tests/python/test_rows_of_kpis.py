"""The rows behind a figure: they add up to it, whatever period and segment is asked for."""

import csv
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from kpi_catalogue import catalogue

ROOT = Path(__file__).parents[2]
COLUMNS = [
    "kpi", "variant", "part", "period_grain", "period_start", "dimension", "segment", "record_type",
    "record_id", "record_name", "company_name", "owner_name", "team", "record_date",
    "record_amount", "record_stage", "part_value", "record_url",
]  # fmt: skip
# A figure that is known, and the sum of the rows behind it; a key that no figure has is a fault.
COMPARED = """
    with lines as (
        select * from kpis.kpi_rows_of
        where kpi = '{kpi}' and variant = '{variant}' and part = '{part}' and aggregate is not null
    ),
    figures as (
        select period_grain, period_start, dimension, segment, {part} as figure
        from kpis.kpi_values
        where kpi = '{kpi}' and variant = '{variant}' and ({grain}) and (
            exists (from lines where dimension is null)
            or dimension in (select dimension from lines)
        )
    ),
    sums as (
        select period_grain, period_start, dimension, segment, sum(part_value) as figure
        from kpis.rows_of_{kpi}('{variant}', '{part}', {of_grain}, null, null, null)
        group by all
    )
    select
        count(figures.figure) as compared,
        count(*) filter (figures.figure != 0) as filled,
        list([sums, figures]) filter (
            figures.period_grain is null
            or abs(coalesce(sums.figure, 0) - figures.figure) > 0.000001
        )[:3] as different
    from figures full join sums using (period_grain, period_start, dimension, segment)
"""


def seed(name):
    """Return the rows of a reference seed, every cell as text."""
    with (ROOT / "seeds/reference" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def lines(con):
    """What `kpi_rows_of` lists, as dictionaries."""
    found = con.execute("from kpis.kpi_rows_of order by kpi, variant_place, part, row_place")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def parts_with_rows(lines):
    """Return each (kpi, variant, part) that has rows in at least one cut."""
    return sorted({(row["kpi"], row["variant"], row["part"]) for row in lines if row["aggregate"]})


def compare(con, lines, grain=None):
    """Return the number of figures compared, and what differs, by definition and part.

    With a grain it looks at the default variants in periods of this grain alone.
    """
    compared, empty, different = 0, [], {}
    if grain:
        lines = [row for row in lines if row["variant"] == row["default_variant"]]
    for kpi, variant, part in parts_with_rows(lines):
        query = COMPARED.format(
            kpi=kpi, variant=variant, part=part,
            grain=f"period_grain = '{grain}'" if grain else "true",
            of_grain=f"'{grain}'" if grain else "null",
        )  # fmt: skip
        count, filled, faults = con.execute(query).fetchone()
        compared += count
        if not filled:
            empty.append((kpi, variant, part))
        if faults:
            different[kpi, variant, part] = faults
    return compared, empty, different


def test_the_rows_behind_the_default_figures_of_a_quarter_add_up_to_them(con, lines):
    compared, empty, different = compare(con, lines, "quarter")
    assert different == {}
    assert empty == []
    assert compared > 80_000


@pytest.mark.thorough
def test_the_rows_behind_every_figure_add_up_to_it(con, lines):
    compared, empty, different = compare(con, lines)
    assert different == {}
    assert empty == []
    assert compared > 3_000_000


def test_every_part_of_every_variant_has_rows_or_a_reason(con, lines):
    published = {
        (kpi, variant)
        for kpi, row in catalogue().items()
        if row["status"] == "available"
        for variant in row["variants"]
    }
    assert {(row["kpi"], row["variant"]) for row in lines} == published
    # A definition whose values have a denominator says where its rows are, too.
    parts = {
        (kpi, variant, part)
        for kpi, variant, numerators, denominators in con.execute(
            "select kpi, variant, count(numerator), count(denominator) "
            "from kpis.kpi_values group by all"
        ).fetchall()
        for part, count in (("numerator", numerators), ("denominator", denominators))
        if count
    }
    assert parts - {(row["kpi"], row["variant"], row["part"]) for row in lines} == set()
    for row in lines:
        said = (row["why_no_rows_en"], row["why_no_rows_fr"])
        assert all(said) if not row["aggregate"] else not any(said), row
        if row["aggregate"]:
            assert row["mart"].startswith(("fct_", "dim_")), row
            assert row["measure_sql"], row


def test_most_figures_have_rows(con, lines):
    """What has none is a forecast, a comparison, a figure made of figures, or spread costs."""
    without = defaultdict(set)
    for row in lines:
        without[row["kpi"]].add(row["aggregate"] is None)
    assert {kpi for kpi, found in without.items() if found == {True}} == {
        "cac_payback_months", "forecast_accuracy", "ltv_cac_ratio", "mrr_growth_rate",
        "net_customer_value", "rule_of_40", "sales_forecast", "sales_growth_rate", "sales_velocity",
    }  # fmt: skip
    macros = {
        name.removeprefix("rows_of_")
        for (name,) in con.execute(
            "select function_name from duckdb_functions() "
            "where schema_name = 'kpis' and starts_with(function_name, 'rows_of_')"
        ).fetchall()
    }
    assert macros == {kpi for kpi, found in without.items() if False in found}


def test_the_catalogue_names_the_mart_the_condition_and_the_sum(con, lines):
    """A reader who writes the query by hand from its words gets the figure."""
    plain = [
        row
        for row in lines
        if row["aggregate"]
        and row["is_prepared"] is False
        and row["date_column"]
        and row["dimension"] is None
        and "period_months." not in row["measure_sql"]
    ]
    assert len(plain) > 60
    start, end = "2025-10-01", "2025-12-31"
    checked = 0
    for row in plain:
        same = [
            other for other in lines
            if all(other[key] == row[key] for key in ("kpi", "variant", "part"))
        ]  # fmt: skip
        # Balances are those of the last piece or month, which the macro knows.
        if len(same) > 1 or row["mart"] in {
            "fct_pipeline_balances", "fct_mrr_months", "fct_subscription_months",
            "fct_customer_revenue_months", "fct_invoice_line_months", "fct_receivable_months",
            "fct_contract_months",
        }:  # fmt: skip
            continue
        [[figure]] = con.execute(
            f"select {row['part']} from kpis.kpi_{row['kpi']} where variant = '{row['variant']}' "
            f"and period_grain = 'quarter' and period_start = '{start}' and dimension = 'all'"
        ).fetchall()
        if figure is None:
            continue
        [[counted]] = con.execute(
            f"select {row['factor']} * ({row['measure_sql']}) from marts.{row['mart']} "
            f"where ({row['population_condition'] or 'true'}) "
            f"and {row['date_column']} between '{start}' and '{end}'"
        ).fetchall()
        assert counted == pytest.approx(figure), row
        checked += 1
    assert checked > 30


@pytest.mark.parametrize(
    ("kpi", "variant", "part", "expected"),
    [
        ("win_rate", "count", "numerator",
         ("deal", "fct_deals", "is_won is not null", False,
          "count(case when is_won then deal_id end)", "closed_date")),
        ("win_rate", "created_cohort", "denominator",
         ("deal", "fct_deals", "is_won is not null", False, "count(deal_id)", "created_date")),
        ("web_users", "standard", "numerator",
         ("web_session", "fct_web_sessions", None, False, "count(distinct visitor_id)",
          "started_date")),
        ("opportunities", "contacts", "numerator",
         ("contact", "fct_contact_funnel", None, True, "count(contact_id)", "opportunity_date")),
        ("operating_expenses", "standard", "numerator",
         ("cost", "fct_costs", "cost_function not in ('exceptional', 'financing')", False,
          "sum(cost_amount)", "cost_date")),
        ("open_pipeline", "weighted", "numerator",
         ("deal", "fct_pipeline_balances", None, False,
          "sum(case when pipeline_basis = 'as_known' then weighted_amount end)", "piece_start")),
    ],
)  # fmt: skip
def test_the_catalogue_says_what_the_aggregates_count(lines, kpi, variant, part, expected):
    """By hand, from the SQL of the aggregates."""
    key, asked = ("kpi", "variant", "part"), (kpi, variant, part)
    [line] = [row for row in lines if tuple(row[name] for name in key) == asked]
    names = (
        "record_type", "mart", "population_condition", "is_prepared", "measure_sql", "date_column",
    )  # fmt: skip
    assert tuple(line[name] for name in names) == expected


def test_a_row_has_the_names_that_a_reader_looks_for(con):
    found = con.sql(
        "from kpis.rows_of_win_rate("
        "'count', 'numerator', 'quarter', date '2025-10-01', 'team', 'SMB')"
    )
    assert found.columns == COLUMNS
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.fetchall()]
    deals = {
        deal_id: (name, company, owner, amount, stage)
        for deal_id, name, company, owner, amount, stage in con.execute(
            "select deal_id, deal_name, company_name, owner_name, deal_amount, stage_name "
            "from marts.fct_deals where is_won and team = 'SMB' "
            "and closed_date between '2025-10-01' and '2025-12-31'"
        ).fetchall()
    }
    names = ("record_name", "company_name", "owner_name", "record_amount", "record_stage")
    assert {row["record_id"]: tuple(row[name] for name in names) for row in rows} == deals
    assert {row["part_value"] for row in rows} == {1}
    assert all(row["record_name"] for row in rows)


def test_null_asks_for_the_default_the_numerator_and_all_segments(con):
    asked = "'quarter', date '2025-10-01', 'team', null"
    every = con.sql(f"from kpis.rows_of_win_rate(null, null, {asked}) order by all").fetchall()
    named = con.sql(
        f"from kpis.rows_of_win_rate('count', 'numerator', {asked}) order by all"
    ).fetchall()
    assert every == named
    assert len({row[COLUMNS.index("segment")] for row in every}) > 3


def test_a_definition_or_a_segment_that_is_none_has_no_rows(con):
    for asked in (
        "'no_such_variant', 'numerator', 'month', date '2025-10-01', 'all', 'all'",
        "'count', 'numerator', 'month', date '2025-10-01', 'teem', 'SMB'",
        "'count', 'numerator', 'month', date '2025-10-01', 'team', 'no such team'",
    ):
        assert con.sql(f"from kpis.rows_of_win_rate({asked})").fetchall() == []


def test_the_seed_lists_what_the_aggregates_have(con):
    measures = {
        (table, column)
        for table, column in con.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'aggregates'"
        ).fetchall()
    }
    listed = {(row["aggregate"], row["measure"]) for row in seed("kpi_rows") if row["aggregate"]}
    assert listed <= measures
    reasons = {row["reason"] for row in seed("kpi_rows") if row["reason"]}
    assert reasons == {row["reason"] for row in seed("row_reasons")}
