"""Table macros: each KPI by any combination of cuts, from the same text as its view."""

from itertools import pairwise

import duckdb
import pytest

# Dimensions of a view that cannot be given: a KPI cuts by hand, or by one of its variants alone.
OF_THE_VIEW = {
    "mrr_movements": {"movement"},
    "new_customers": {"customer_type", "pipeline", "plan", "touchpoint"},
    "revenue": {"customer_type"},
}


@pytest.fixture(scope="module")
def con(demo_build):
    """The published file, as a reader opens it."""
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def macros(con):
    """The KPIs that have a macro."""
    found = con.sql(
        "select function_name from duckdb_functions() "
        "where function_type = 'table_macro' and schema_name = 'kpis' "
        "and function_name like 'kpi_%' order by 1"
    ).fetchall()
    return [name.removeprefix("kpi_").removesuffix("_by") for (name,) in found]


def dimensions(con, kpi):
    """The cuts of a KPI that can be given to its macro."""
    found = con.execute("select cut from kpis.kpi_cuts where kpi = ? order by 1", [kpi]).fetchall()
    return [name for (name,) in found]


def differing(con, kpi, dimension, given, segment):
    """Return the rows that the view and the macro of a KPI do not share."""
    columns = "variant, period_grain, period_start, period_end"
    figures = "numerator, denominator, value, is_provisional, null_reason"
    view = (
        f"select {columns}, segment, {figures} from kpis.kpi_{kpi} where dimension = '{dimension}'"
    )
    macro = (
        f"select {columns}, {segment}, {figures} from kpis.kpi_{kpi}_by({given}) "
        f"where dimension = '{dimension}'"
    )
    beside = con.sql(
        f"select count(*) from kpis.kpi_{kpi}_by({given}) where dimension != '{dimension}'"
    ).fetchall()
    assert beside == [(0,)], "there are rows of another cut"
    return con.sql(
        f"({view} except all {macro}) union all ({macro} except all {view}) limit 3"
    ).fetchall()


def test_one_cut_gives_the_rows_of_the_view(con, macros):
    compared = 0
    for kpi in macros:
        assert differing(con, kpi, "all", "[]", "'all'") == [], kpi
        for dimension in dimensions(con, kpi):
            assert differing(con, kpi, dimension, [dimension], "segments[1]") == [], (
                kpi,
                dimension,
            )
            compared += 1
    assert compared > 40


def test_two_cuts_add_up_to_one(con, macros):
    """The rows of a pair are the parts of each segment: counts and amounts add up, in any order."""
    compared = 0
    for kpi in ("bookings", "leads", "mrr", "revenue"):
        if kpi not in macros:
            continue
        for first, second in pairwise(dimensions(con, kpi)):
            for given, place in (([first, second], 1), ([second, first], 2)):
                parts = f"""
                    select variant, period_grain, period_start, segments[{place}] as segment,
                        sum(value) as value,
                        -- Of an unpriced deal and nothing else the amount is unknown, not 0.
                        bool_or(value is null) as is_partly_unknown
                    from kpis.kpi_{kpi}_by({given})
                    group by all
                """
                different = con.sql(
                    f"select parts.*, whole.value from ({parts}) as parts "
                    f"full join (from kpis.kpi_{kpi} where dimension = '{first}') as whole "
                    "using (variant, period_grain, period_start, segment) "
                    "where parts.value is distinct from whole.value "
                    "and is_partly_unknown is distinct from true limit 3"
                ).fetchall()
                assert different == [], (kpi, given)
                compared += 1
    assert compared > 10


def test_movements_of_the_pipeline_by_owner_add_up_to_movements(con):
    """Their measure follows the cut: by movement also what is no change, the start and the end."""
    different = con.sql(
        """
        with parts as (
            select variant, period_grain, period_start, segments[1] as segment, sum(value) as value
            from kpis.kpi_pipeline_movements_by(['movement', 'owner'])
            group by all
        )

        select * from parts
        full join (from kpis.kpi_pipeline_movements where dimension = 'movement') as whole
            using (variant, period_grain, period_start, segment)
        where parts.value is distinct from whole.value
        limit 3
        """
    ).fetchall()
    assert different == []


def test_the_list_of_cuts_is_what_can_be_asked(con, macros):
    for kpi in macros:
        shown = con.sql(
            f"select distinct dimension from kpis.kpi_{kpi} where dimension != 'all'"
        ).fetchall()
        listed = set(dimensions(con, kpi))
        assert {name for (name,) in shown} - listed == OF_THE_VIEW.get(kpi, set()), kpi
        assert listed <= {name for (name,) in shown}, kpi


def test_a_pair_is_what_hand_written_sql_counts(con):
    counted = con.sql(
        """
        with counted as (
            select
                [coalesce(team, '(none)'), coalesce(channel, '(none)')] as segments,
                count(*) filter (is_won) as won,
                count(*) as closed
            from marts.fct_deals
            where is_won is not null and closed_date between '2025-01-01' and '2025-12-31'
            group by all
        )

        select segments, won, closed, round(cast(won / closed as decimal(28, 12)), 8) from counted
        order by all
        """
    ).fetchall()
    shown = con.sql(
        """
        select segments, cast(numerator as bigint), cast(denominator as bigint), value
        from kpis.kpi_win_rate_by(['team', 'channel'])
        where variant = 'count' and period_grain = 'year' and period_start = '2025-01-01'
            and denominator > 0
        order by all
        """
    ).fetchall()
    assert len(counted) > 10
    assert [(*row[:3], round(float(row[3]), 7)) for row in shown] == [
        (*row[:3], round(float(row[3]), 7)) for row in counted
    ]


@pytest.mark.parametrize("given", ["[null]", "['team', null]"])
def test_a_cut_that_is_null_is_refused(con, given):
    """A parameter of a dashboard that was left empty."""
    with pytest.raises(duckdb.Error, match="There is no cut null; there are campaign, "):
        con.sql(f"from kpis.kpi_win_rate_by({given})").fetchall()


@pytest.mark.parametrize("given", ["null", "[]", "cast([] as varchar[])"])
def test_no_cuts_are_the_total(con, given):
    rows = con.sql(
        f"select segments, value from kpis.kpi_win_rate_by({given}) "
        "where variant = 'count' and period_grain = 'year' order by period_start"
    ).fetchall()
    total = con.sql(
        "select cast([] as varchar[]), value from kpis.kpi_win_rate where dimension = 'all' "
        "and variant = 'count' and period_grain = 'year' order by period_start"
    ).fetchall()
    assert rows == total
    assert len(rows) == 3


def test_a_cut_that_one_variant_lacks_is_refused(con):
    """Contacts have no customer type; in the view only the variant `companies` is cut by it."""
    with pytest.raises(duckdb.Error, match="There is no cut customer_type; there are campaign, "):
        con.sql("from kpis.kpi_new_customers_by(['customer_type'])").fetchall()


def test_an_unknown_cut_names_the_known_ones(con):
    with pytest.raises(duckdb.Error, match="There is no cut teem; there are campaign, channel, "):
        con.sql("from kpis.kpi_win_rate_by(['teem'])").fetchall()
