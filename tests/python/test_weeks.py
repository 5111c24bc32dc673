"""Figures by week against counts on the days of the marts; and which figures have weeks."""

import duckdb
import pytest
from kpi_catalogue import catalogue

# (KPI, variant, part) -> what it counts by the days of a mart: (mart, day, aggregate).
BY_DAY = {
    ("web_sessions", "standard", "numerator"): (
        "fct_web_sessions", "started_date", "count(session_id)",
    ),
    ("page_views", "standard", "numerator"): (
        "fct_web_sessions", "started_date", "sum(page_views)",
    ),
    ("web_users", "standard", "numerator"): (
        "fct_web_sessions", "started_date", "count(distinct visitor_id)",
    ),
    ("visitor_to_lead_rate", "period", "denominator"): (
        "fct_touches", "touched_date", "count(distinct visitor_id)",
    ),
    ("visitor_to_mql_rate", "cohort", "denominator"): (
        "fct_visitors", "first_visit_date", "count(visitor_id)",
    ),
    ("visitor_to_customer_rate", "period", "numerator"): (
        "fct_contact_funnel", "customer_date",
        "count(case when coalesce(touchpoint, channel) in "
        "(select coalesce(touchpoint, channel) from marts.fct_touches) then contact_id end)",
    ),
    ("opportunities", "deals", "numerator"): ("fct_deals", "created_date", "count(deal_id)"),
    ("opportunities", "new_business", "numerator"): (
        "fct_deals", "created_date", "count(case when customer_type = 'new' then deal_id end)",
    ),
    ("lead_to_close", "close_rate_period", "numerator"): (
        "fct_contact_funnel", "case when lead_date is not null then first_won_date end",
        "count(contact_id)",
    ),
    ("referral_leads", "standard", "numerator"): (
        "fct_contact_funnel", "lead_date",
        "count(case when channel = 'referral' then contact_id end)",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def published(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


@pytest.mark.parametrize("figure", BY_DAY, ids=" ".join)
@pytest.mark.parametrize("dimension", ["all", "channel", "campaign"])
def test_a_week_counts_its_seven_days(figure, dimension, published):
    kpi, variant, part = figure
    mart, day, aggregate = BY_DAY[figure]
    column = {"all": "'all'", "channel": "channel", "campaign": "campaign_name"}[dimension]
    expected = published.execute(
        f"""
        select period_start, coalesce({column}, '(none)') as segment, {aggregate} as figure
        from marts.{mart}, marts.dim_periods
        where period_grain = 'week' and {day} between period_start and period_start + 6
        group by all
        having figure != 0
        """
    ).fetchall()
    found = published.execute(
        f"select period_start, segment, {part} from kpis.kpi_{kpi}"
        f" where variant = ? and dimension = ? and period_grain = 'week' and {part} != 0",
        [variant, dimension],
    ).fetchall()
    assert len(found) > 50
    assert sorted(found) == sorted(expected)


def test_weeks_follow_one_another_on_mondays(published):
    weeks = published.sql(
        "select period_start, period_end, previous_period_start, previous_year_start, has_begun"
        " from marts.dim_periods where period_grain = 'week' order by 1"
    ).fetchall()
    for place, (start, end, before, year_before, _) in enumerate(weeks):
        assert start.weekday() == 0 and (end - start).days == 6
        assert (start - before).days == 7 and (start - year_before).days == 364
        assert place == 0 or weeks[place - 1][0] == before
    [[shown]] = published.sql(
        "select count(distinct period_start) from kpis.kpi_leads where period_grain = 'week'"
    ).fetchall()
    assert shown == sum(has_begun for *_, has_begun in weeks)


def test_sales_velocity_of_a_week_looks_back_on_52_weeks(published):
    wrong = published.sql(
        """
        with weeks as (
            select period_start, period_end from marts.dim_periods
            where period_grain = 'week' and has_begun
        ),
        deals as (
            select
                weeks.period_start,
                count(case when is_won then 1 end) / count(*) as win_rate,
                sum(case when is_won then deal_amount end)
                / count(case when is_won then deal_amount end) as deal_size,
                avg(case when is_won then cycle_days end) as cycle_days
            from weeks, marts.fct_deals
            where is_won is not null and closed_date between period_end - 363 and period_end
            group by all
        ),
        open_deals as (
            select weeks.period_start, count(*) as deal_count
            from weeks, marts.fct_pipeline_balances
            where is_week_end and week_start = weeks.period_start and pipeline_basis = 'as_known'
            group by all
        )
        select found.period_start, found.value, deal_count * win_rate * deal_size / cycle_days
        from kpis.kpi_sales_velocity as found, deals, open_deals
        where found.period_grain = 'week' and found.dimension = 'all'
            and found.period_start = deals.period_start
            and found.period_start = open_deals.period_start
            and (found.value is null or abs(
                found.value / (deal_count * win_rate * deal_size / cycle_days) - 1
            ) > 1e-5)
            and cycle_days is not null
        """
    ).fetchall()
    assert wrong == []


def test_the_catalogue_says_which_grains_a_variant_has(published):
    shown = published.sql(
        "select kpi, variant, list(distinct period_grain) from kpis.kpi_values group by all"
    ).fetchall()
    said = {
        (kpi, variant): set(row["grains"].split("|"))
        for kpi, of in catalogue().items()
        if of["status"] == "available"
        for variant, row in of["variants"].items()
    }
    assert {(kpi, variant): set(grains) for kpi, variant, grains in shown} == said
