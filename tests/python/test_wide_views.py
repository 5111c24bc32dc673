"""Views for plain charts, computed a second time from the figures and the catalogue."""

from collections import Counter
from decimal import Decimal

import duckdb
import pytest
from kpi_catalogue import catalogue


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


KPIS = catalogue()


@pytest.fixture(scope="module")
def totals(con):
    """{(kpi, variant, grain, first day): (value, is_provisional, null_reason)}, of the totals."""
    return {
        tuple(key): (value, is_provisional, reason)
        for *key, value, is_provisional, reason in con.execute(
            "select kpi, variant, period_grain, period_start, value, is_provisional, null_reason "
            "from kpis.kpi_values where dimension = 'all'"
        ).fetchall()
    }


def default(kpi):
    """Return the default variant of a KPI, from the seed."""
    [variant] = [
        name
        for name, row in KPIS[kpi]["variants"].items()
        if row["is_default"] == "true"
    ]  # fmt: skip
    return variant


@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_a_row_has_the_totals_of_its_period_side_by_side(con, totals, grain):
    found = con.execute(f"from kpis.by_{grain} order by period_start")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    kpis = [kpi for kpi, row in KPIS.items() if row["status"] == "available"]
    assert names == ["period_start", "period_end", "is_over", *kpis]
    expected = {}
    for (kpi, variant, of_grain, start), (value, *_) in totals.items():
        if of_grain == grain and variant == default(kpi):
            expected.setdefault(start, dict.fromkeys(kpis))[kpi] = value
    assert {row["period_start"]: {kpi: row[kpi] for kpi in kpis} for row in rows} == expected
    assert [row["period_start"] for row in rows] == sorted(expected)
    [[reporting_date]] = con.execute("select max(reporting_date) from marts.dim_periods").fetchall()
    assert all(row["is_over"] == (row["period_end"] <= reporting_date) for row in rows)
    assert {row["is_over"] for row in rows} == {True, False}
    filled = sum(value is not None for row in rows for value in row.values())
    assert filled > 500


def test_the_default_variant_has_its_words_and_the_value_before(con, totals):
    previous = dict(
        ((grain, start), before)
        for grain, start, before in con.execute(
            "select period_grain, period_start, previous_period_start from marts.dim_periods"
        ).fetchall()
    )
    targets = {
        (kpi, variant, grain, start): target
        for kpi, variant, grain, start, target in con.execute(
            "select kpi, variant, period_grain, period_start, target from kpis.kpi_period_targets "
            "where dimension = 'all'"
        ).fetchall()
    }
    found = con.execute("from kpis.kpi_default where dimension = 'all'")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    expected = {key: figure for key, figure in totals.items() if key[1] == default(key[0])}
    key = ("kpi", "variant", "period_grain", "period_start")
    figure = ("value", "is_provisional", "null_reason")
    assert {
        tuple(row[name] for name in key): tuple(row[name] for name in figure) for row in rows
    } == expected
    assert len(rows) == len(expected)
    with_target = 0
    for row in rows:
        kpi, variant, grain, start = (row[name] for name in key)
        earlier = totals.get((kpi, variant, grain, previous[grain, start]), (None,))
        assert row["previous_value"] == earlier[0]
        assert row["target"] == targets.get((kpi, variant, grain, start))
        with_target += row["target"] is not None
        assert (row["name_en"], row["name_fr"]) == (KPIS[kpi]["name_en"], KPIS[kpi]["name_fr"])
        said = KPIS[kpi]["variants"][variant]
        for name in ("unit", "direction"):
            assert row[name] == said[name]
        for name in ("label_en", "label_fr"):
            assert row[f"variant_{name}"] == said[name]
        assert (row["dimension_label_fr"], row["segment_label_en"]) == ("Total", "Total")
    assert with_target > 20


def test_a_cut_has_each_segment_once_with_its_label(con):
    found = con.execute(
        "select kpi, period_grain, period_start, segment, segment_label_fr, value, target "
        "from kpis.kpi_default where dimension = 'channel'"
    ).fetchall()
    keys = Counter(row[:4] for row in found)
    assert set(keys.values()) == {1}
    figures = con.execute(
        "select count(*), sum(value) from kpis.kpi_values as figures "
        "join kpis.kpi_variants as variants using (kpi, variant) "
        "where dimension = 'channel' and is_default"
    ).fetchone()
    assert figures == (len(found), sum(row[5] or Decimal(0) for row in found))
    assert {row[4] for row in found if row[3] == "trade_show"} == {"Salon"}
    assert {row[6] for row in found} == {None}


def test_one_period_of_each_grain_is_the_latest_whole_one(con):
    found = con.execute(
        "select period_grain, list(distinct period_start) from kpis.kpi_default "
        "where is_latest_whole_period and dimension = 'all' group by all"
    ).fetchall()
    whole = con.execute(
        "select period_grain, [max(period_start)] from marts.dim_periods "
        "where period_end <= reporting_date group by all"
    ).fetchall()
    assert sorted(found) == sorted(whole)
    assert len(found) == 5
