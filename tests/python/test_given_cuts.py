"""Table macros: each KPI by any combination of cuts, from the same text as its view."""

from itertools import pairwise

import duckdb
import pytest

# Dimensions of a view that cannot be given: a KPI cuts by hand, or by one of its variants alone.
OF_THE_VIEW = {
    "customer_churn_rate": {"churn_reason"},
    "marketing_roi": {"customer_type"},
    "mrr_movements": {"churn_reason", "movement"},
    "new_customers": {"customer_type", "deal_type", "pipeline", "plan", "touchpoint"},
    "opportunities": {"customer_type", "deal_type", "pipeline", "plan", "touchpoint"},
    "revenue": {"customer_type"},
    "revenue_churn_rate": {"churn_reason"},
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
        "and ends_with(function_name, '_by') "
        "and function_name like 'kpi_%' order by 1"
    ).fetchall()
    return [name.removeprefix("kpi_").removesuffix("_by") for (name,) in found]


def dimensions(con, kpi):
    """The cuts of a KPI that can be given to its macro."""
    found = con.execute("select cut from kpis.kpi_cuts where kpi = ? order by 1", [kpi]).fetchall()
    return [name for (name,) in found]


COLUMNS = "variant, period_grain, period_start, period_end, dimension"
FIGURES = "numerator, denominator, value, is_provisional, null_reason"
# The rows of a macro with one cut, or none, as those of the view.
SEGMENT = "case when dimension = 'all' then 'all' else {segments}[1] end as segment"


def differing(con, rows, others):
    """Return some rows that two queries do not share, with how often the first has them more."""
    return con.sql(
        "select * exclude (times), sum(times) as more from "
        f"(select *, 1 as times from ({rows}) union all select *, -1 from ({others})) "
        "group by all having sum(times) != 0 limit 3"
    ).fetchall()


def rows_of_view(kpi, cuts):
    """Return the query of the view's total and some of its cuts."""
    return (
        f"select {COLUMNS}, segment, {FIGURES} from kpis.kpi_{kpi} "
        f"where dimension in {('all', *cuts)}"
    )


def rows_of_macro(kpi, cuts):
    """Return the query of the macro's total and, one after the other, some of its cuts."""
    segment = SEGMENT.format(segments="segments")
    return " union all ".join(
        f"select {COLUMNS}, {segment}, {FIGURES} from kpis.kpi_{kpi}_by({given}) "
        f"where case when dimension = '{''.join(given) or 'all'}' then true "
        "else error('There are rows of another cut: ' || dimension) end"
        for given in ([], *([cut] for cut in cuts))
    )


def macros_of(con, schema):
    """Return the SQL of each macro of a schema by name, those that others read first."""
    found = dict(
        con.execute(
            "select function_name, macro_definition from duckdb_functions() "
            "where function_type = 'table_macro' and schema_name = ? "
            "and ends_with(function_name, '_by') order by 1",
            [schema],
        ).fetchall()
    )
    ordered = {}

    def place(macro):
        for other in found:
            if f"{schema}.{other}(" in found[macro] and other not in ordered:
                place(other)
        ordered[macro] = found[macro]

    for macro in found:
        place(macro)
    return ordered


@pytest.fixture(scope="module")
def counted(con, demo_build):
    """The published macros of the KPIs, on aggregates that are counted once for each cut.

    To count them is most of the work of a macro, and a dozen KPIs have an aggregate in common.
    """
    counted = duckdb.connect()
    counted.execute(f"attach '{demo_build.published_path}' as revops (read_only)")
    counted.execute("attach ':memory:' as counted")
    counted.execute("use revops")
    for schema in ("marts", "aggregates", "kpis"):
        counted.execute(f"create schema counted.{schema}")
    for schema, table in counted.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'revops' and schema_name in ('marts', 'aggregates')"
    ).fetchall():
        counted.execute(f"create view counted.{schema}.{table} as from revops.{schema}.{table}")
    for macro in macros_of(con, "aggregates"):
        aggregate = macro.removesuffix("_by")
        dimensions = counted.execute(
            f"select distinct dimension from aggregates.{aggregate} where dimension != 'all'"
        ).fetchall()
        cuts = sorted(name for (name,) in dimensions)
        rows = f"counted.aggregates.{aggregate}_rows"
        counted.execute(f"create table {rows} as select ['all'] as given, * from {by(macro, [])}")
        for cut in cuts:
            counted.execute(f"insert into {rows} select ['{cut}'], * from {by(macro, [cut])}")
        counted.execute(
            f"create macro counted.aggregates.{macro}(cuts) as table "
            f"select * exclude (given) from {rows} where case "
            "when len(cast(cuts as varchar[])) = 0 then given = ['all'] "
            f"when list_contains({cuts}::varchar[], cuts[1]) then given = cast(cuts as varchar[]) "
            f"else error('{aggregate} has no such cut') end"
        )
    counted.execute("use counted")
    for macro, definition in macros_of(con, "kpis").items():
        counted.execute(f"create macro kpis.{macro}(cuts) as table {definition}")
    counted.execute("use revops")
    yield counted
    counted.close()


def by(macro, cuts):
    return f"revops.aggregates.{macro}({cuts})"


def test_one_cut_gives_the_rows_of_the_aggregate(con, counted):
    aggregates = [macro.removesuffix("_by") for macro in macros_of(con, "aggregates")]
    assert len(aggregates) > 40
    for aggregate in aggregates:
        rows = f"from counted.aggregates.{aggregate}_rows"
        assert counted.sql(f"{rows} where dimension != given[1] limit 3").fetchall() == []
        described = counted.sql(f"describe aggregates.{aggregate}").fetchall()
        figures = ", ".join(name for name, *_ in described if name != "segment")
        segment = SEGMENT.format(segments="segment")
        macro = f"select {figures}, {segment} {rows}"
        table = f"select {figures}, segment from aggregates.{aggregate}"
        assert differing(counted, macro, table) == [], aggregate


@pytest.mark.thorough
def test_one_cut_gives_the_rows_of_the_view(con, counted, macros):
    compared = 0
    for place, kpi in enumerate(macros):
        cuts = dimensions(con, kpi)
        counted.execute(f"create or replace temp table shown as {rows_of_view(kpi, cuts)}")
        counted.execute("use counted")
        counted.execute(f"create or replace temp table given as {rows_of_macro(kpi, cuts)}")
        counted.execute("use revops")
        assert differing(counted, "from shown", "from given") == [], kpi
        # The total and one cut as readers ask for them, with all the work.
        cut = cuts[place % len(cuts)]
        view = f"from shown where dimension in ('all', '{cut}')"
        assert differing(counted, view, rows_of_macro(kpi, [cut])) == [], (kpi, cut)
        compared += len(cuts)
    assert compared > 300


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
                        sum(value) as value, count(*) > count(value) as is_partly_unknown
                    from kpis.kpi_{kpi}_by({given})
                    group by all
                """
                # An amount is unknown where all deals lack theirs, and 0 in parts without a deal.
                different = con.sql(
                    f"select parts.*, whole.value from ({parts}) as parts "
                    f"full join (from kpis.kpi_{kpi} where dimension = '{first}') as whole "
                    "using (variant, period_grain, period_start, segment) "
                    "where parts.value is distinct from whole.value and not coalesce("
                    "whole.null_reason = 'no_source' and is_partly_unknown and parts.value = 0, "
                    "false) limit 3"
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


@pytest.mark.parametrize("given", [["team", "lost_reason"], ["lost_reason", "team"]])
def test_a_reason_beside_a_team_is_a_share_of_what_the_team_lost(con, given):
    counted = con.execute(
        """
        with counted as (
            select
                coalesce(team, '(none)') as team,
                coalesce(loss_reason, '(none)') as lost_reason,
                count(*) as lost,
                sum(deal_amount) as amount
            from marts.fct_deals
            where is_closed and not is_won and closed_date between '2024-01-01' and '2024-12-31'
            group by all
        )

        select
            [case given when 'team' then team else lost_reason end for given in ?] as segments,
            lost,
            sum(lost) over (partition by team),
            amount,
            sum(amount) over (partition by team)
        from counted
        order by all
        """,
        [given],
    ).fetchall()
    shown = con.sql(
        f"""
        select
            segments,
            max(numerator) filter (variant = 'count'),
            max(denominator) filter (variant = 'count'),
            max(numerator) filter (variant = 'amount'),
            max(denominator) filter (variant = 'amount')
        from kpis.kpi_loss_reasons_by({given})
        where period_grain = 'year' and period_start = '2024-01-01'
        group by segments
        having max(numerator) filter (variant = 'count') > 0
        order by all
        """
    ).fetchall()
    assert len(counted) > 15
    assert shown == counted


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


def test_a_cut_that_is_given_twice_is_refused(con):
    with pytest.raises(duckdb.Error, match="A cut is given twice"):
        con.sql("from kpis.kpi_win_rate_by(['team', 'team'])").fetchall()


def test_an_unknown_cut_names_the_known_ones(con):
    with pytest.raises(duckdb.Error, match="There is no cut teem; there are campaign, channel, "):
        con.sql("from kpis.kpi_win_rate_by(['teem'])").fetchall()
