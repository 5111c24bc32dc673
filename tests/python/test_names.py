"""What segments and variants are called: words for people, in both languages, and their order."""

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
# The cuts whose segments are words of a closed list. All others are called what the company calls
# them: teams, owners, campaigns, plans, pipelines, stages and pages.
CLOSED = {
    "all", "category", "channel", "churn_reason", "country", "customer_type", "deal_type",
    "department", "industry", "lifecycle_stage", "lost_reason", "method", "movement", "touchpoint",
}  # fmt: skip


def seed(name):
    """Return the rows of a reference seed, every cell as text."""
    with (ROOT / "seeds/reference" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def con(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_segments_of_a_cut_are_called_alike(con, language):
    found = con.execute(
        f"select dimension, label_{language}, count(*) from kpis.dim_segments "
        "group by all having count(*) > 1"
    ).fetchall()
    assert found == []
    cuts = [row[f"label_{language}"] for row in seed("dimension_labels")]
    assert len(set(cuts)) == len(cuts)


def test_every_word_of_a_closed_list_is_translated(con):
    """In the seeds, so that a segment without a row there would show its code."""
    listed = {(row["dimension"], row["segment"]) for row in seed("segment_labels")}
    listed |= {("country", row["country"]) for row in seed("countries")}
    listed |= {("lifecycle_stage", row["lifecycle_stage"]) for row in seed("lifecycle_stages")}
    found = con.execute("select dimension, segment from kpis.dim_segments").fetchall()
    closed = [key for key in found if key[0] in CLOSED]
    assert len(closed) > 80
    assert [key for key in closed if key not in listed and ("all", key[1]) not in listed] == []
    assert {dimension for dimension, _ in listed} == CLOSED
    cuts = {row["dimension"] for row in seed("dimension_labels")}
    assert {dimension for dimension, _ in found} == cuts


def test_segments_are_in_the_order_that_a_reader_expects(con):
    def shown(dimension):
        return [
            segment
            for (segment,) in con.execute(
                "select segment from kpis.dim_segments where dimension = ? order by segment_order",
                [dimension],
            ).fetchall()
        ]

    ages = [int(age) for age in shown("months_since")[:-1]]
    assert ages == sorted(ages)
    assert len(ages) > 30
    movements = ["new", "expansion", "reactivation", "contraction", "churn"]
    assert shown("movement")[:5] == movements
    stages = [row["lifecycle_stage"] for row in seed("lifecycle_stages")]
    assert shown("lifecycle_stage")[:-1] == stages
    # Of a pipeline the stages stand in its order; those that are archived stand last.
    steps = shown("stage")
    assert steps[-3:] == ["Qualifié", "Offre", "(remainder)"]
    new_business = ["Discovery", "Demo done", "Pilot", "Negotiation"]
    assert [stage for stage in steps if stage in new_business] == new_business
    # Two pipelines have a stage of one name; here each is one of its own.
    assert shown("pipeline_stage") == [
        "Expansion / Identified",
        "Expansion / Proposal sent",
        "New business / Discovery",
        "New business / Demo done",
        "New business / Pilot",
        "New business / Proposal sent",
        "New business / Negotiation",
        "Ventes 2022 (archivé) / Qualifié",
        "Ventes 2022 (archivé) / Offre",
        "(remainder)",
    ]
    for dimension in ("owner", "channel", "team"):
        assert shown(dimension)[-2:] == ["(none)", "(remainder)"]


def test_orders_have_no_gap(con):
    found = con.execute("select dimension, segment_order from kpis.dim_segments").fetchall()
    counts = Counter(dimension for dimension, _ in found)
    assert sorted(found) == sorted(
        (dimension, place) for dimension, count in counts.items() for place in range(1, count + 1)
    )


def test_every_variant_has_words_and_a_place(con):
    found = con.execute(
        "select kpi, list(place order by place), bool_and(label_en != '' and label_fr != '') "
        "from kpis.kpi_variants group by kpi"
    ).fetchall()
    assert [kpi for kpi, places, has_words in found if not has_words] == []
    assert [kpi for kpi, places, _ in found if places != list(range(1, len(places) + 1))] == []


def test_drivers_are_told_in_the_words_of_the_language(con):
    texts = con.execute(
        "select drivers_en, drivers_fr from kpis.drivers_in_words where dimension = 'channel'"
    ).fetchall()
    english, french = (" ".join(text) for text in zip(*texts, strict=True))
    assert "Trade show" in english
    assert "Salon" in french
    assert "trade_show" not in english + french


def test_the_file_says_which_publication_it_is(con):
    [row] = con.execute(
        "select published_at, reporting_date, reporting_currency, publication_id "
        "from kpis.publication"
    ).fetchall()
    [last] = con.execute(
        "select published_at, reporting_date from kpis.kpi_publications "
        "order by published_at desc limit 1"
    ).fetchall()
    [[reporting_date]] = con.execute("select max(reporting_date) from marts.dim_periods").fetchall()
    *told, publication_id = row
    assert told == [*last, "EUR"]
    assert datetime.fromisoformat(publication_id) == last[0]
    assert last[1] == reporting_date


def test_each_figure_by_owner_or_team_says_of_which_day_they_are(con):
    """In both languages; other cuts need no words."""
    found = con.execute("select cut, kpi, means_en, means_fr from kpis.kpi_cuts").fetchall()
    persons = [row for row in found if row[0] in ("owner", "team")]
    assert len(persons) > 60
    assert [row for row in persons if not (row[2] and row[3])] == []
    assert [row for row in found if row not in persons and (row[2] or row[3])] == []
    said = {row[:2]: row[2] for row in found}
    assert "closing" in said["owner", "win_rate"]
    assert "created" in said["team", "leads"]
    assert "quota" in said["owner", "pipeline_coverage"]


def test_records_can_be_opened_by_the_id_of_their_source(con):
    """As the seed says, on all marts that carry an address; the demo's CRM gives none itself."""
    for mart, column, page in (
        ("fct_deals", "deal_id", "deals"),
        ("dim_companies", "company_id", "companies"),
        ("dim_contacts", "contact_id", "contacts"),
        ("fct_pipeline_balances", "deal_id", "deals"),
        ("fct_pipeline_months", "deal_id", "deals"),
        ("fct_pipeline_periods", "deal_id", "deals"),
        ("fct_pipeline_changes", "deal_id", "deals"),
        ("fct_pipeline_movements", "deal_id", "deals"),
        ("fct_forecast_deals", "deal_id", "deals"),
    ):
        found = con.execute(
            f"select count(*) from marts.{mart} where record_url is distinct from "
            f"'https://app.example.com/{page}/' || replace({column}, 'demo:', '')"
        ).fetchone()
        assert found == (0,), mart


def test_deals_have_the_names_of_the_crm(con):
    with (ROOT / "seeds/demo/deals.csv").open(newline="", encoding="utf-8") as file:
        names = {f"demo:{row['hs_object_id']}": row["dealname"] for row in csv.DictReader(file)}
    with (ROOT / "seeds/demo/companies.csv").open(newline="", encoding="utf-8") as file:
        companies = {f"demo:{row['hs_object_id']}": row["name"] for row in csv.DictReader(file)}
    deals = con.execute(
        "select deal_id, deal_name, company_id, company_name from marts.fct_deals"
    ).fetchall()
    assert len(deals) > 1000
    for deal_id, name, company_id, company in deals:
        assert (name or "") == names[deal_id]
        # A company that the CRM has deleted is an id without a name.
        assert company is None or company == companies[company_id]
    for mart in ("balances", "months", "periods", "changes", "movements"):
        rows = con.execute(
            f"select count(*), count(deal_name) from marts.fct_pipeline_{mart} as rows "
            "join marts.fct_deals as deals using (deal_id, deal_name) "
            "where rows.company_name is not distinct from deals.company_name"
        ).fetchone()
        total = con.execute(f"select count(*) from marts.fct_pipeline_{mart}").fetchone()
        assert rows == (*total, *total), mart
