"""The to-do list: found a second time on the demo, and in words for all that the gate may find."""

import csv
from fractions import Fraction
from pathlib import Path

import duckdb
import gates
import pytest
import yaml
from crm import Company
from findings import Findings
from test_renewals import world_in_the_files

from expectations import gate
from expectations.loads import KINDS

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds" / "reference"


def seed(name):
    """Return the rows of a reference seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def published(demo_build):
    with duckdb.connect(str(demo_build.published_path), read_only=True) as con:
        yield con


# -- a second computation --------------------------------------------------------------------------


def test_the_demo_from_its_files(published):
    """Each finding of the models, with its money to the cent of a cent."""
    lines, _ = world_in_the_files()
    expected = Findings(Company(ROOT), lines).found
    gate_alone = (
        "row_rejected", "deal_closed_before_created", "source_unlisted", "contact_source_unlisted",
    )  # fmt: skip
    actual = {
        key: None if money is None else Fraction(money)
        for key, finding, money in published.execute(
            "select finding_key, finding, money_amount from kpis.records_to_fix"
        ).fetchall()
        if finding not in gate_alone
    }
    assert actual.keys() - expected.keys() == set()
    assert expected.keys() - actual.keys() == set()
    for key, money in expected.items():
        if money is None or actual[key] is None:
            assert actual[key] is money is None, key
        else:
            assert abs(actual[key] - Fraction(money)) < Fraction(1, 10**6), key
    kinds = {key.split(" | ")[0] for key in expected}
    assert len(kinds) >= 8
    assert len(expected) > 500


def test_money_is_counted_once_for_each_record(published):
    rows = published.execute(
        "select source_system, record_type, record_id, count(*), "
        "count(*) filter (where money_once_amount > 0), max(money_amount), sum(money_once_amount), "
        "arg_min(money_once_amount, place) from kpis.records_to_fix "
        "where money_amount > 0 group by all"
    ).fetchall()
    assert any(count > 1 for *_, count, _, _, _, _ in rows)
    for *record, _, counted, money, once, with_first in rows:
        assert (counted, once, with_first) == (1, money, money), record


def test_past_due_deals_are_those_of_the_pipeline_review(published):
    """Owner by owner, to the cent: the two reports are read on the same Monday."""
    listed = published.execute(
        "select owner_name, count(*), sum(money_amount) from kpis.records_to_fix "
        "where finding = 'open_deal_past_due' group by all order by all"
    ).fetchall()
    reviewed = published.execute(
        "select owner_name, sum(past_due_count), sum(past_due_amount) from kpis.pipeline_review "
        "where period_grain = 'quarter' and period_start = '2025-10-01' and past_due_count > 0 "
        "group by all order by all"
    ).fetchall()
    assert listed == reviewed
    assert len(listed) > 5


def test_the_list_has_no_value_of_a_rejected_cell(demo_build, published):
    """A rejected text may be anything, an address too: the list says column and rule."""
    with duckdb.connect(str(demo_build.build_path), read_only=True) as con:
        values = {
            value
            for [value] in con.execute(
                "select rejected_value from quality.rejected_rows "
                "where length(rejected_value) > 3 and column_name not like '%_id'"
            ).fetchall()
        }
    shown = {
        str(cell)
        for row in published.execute("from kpis.records_to_fix").fetchall()
        for cell in row
        if cell is not None
    }
    assert len(values) > 8
    assert {value for value in values if any(value in cell for cell in shown)} == set()


# -- words -----------------------------------------------------------------------------------------


def words_of(rule, table):
    """Return the line of gate_rule_words that a rule takes."""
    for row in seed("gate_rule_words"):
        pattern = row["rule"]
        is_like = (
            rule.name.startswith(pattern.removesuffix("%"))
            if pattern.endswith("%")
            else rule.name == pattern
        )
        fits = {"severity": rule.severity, "table_name": table, "column_name": rule.column}
        if is_like and all(row[key] in ("", value) for key, value in fits.items()):
            return row
    raise AssertionError(rule)


def rules_that_name_rows():
    """Return (table, rule) of all rules that reject, blank or warn."""
    found = []
    for suite in gate.all_suites(gates.CALENDAR):
        rules = gate.rules_of(suite, gates.columns_of(suite.table)) + suite.own_rules()
        found += [(suite.table, rule) for rule in rules if rule.severity != "critical"]
    return found


def test_every_rule_of_the_gate_says_what_to_do():
    """The last line of the words, for any rule, is there for rules that a user adds."""
    findings = {row["finding"]: row for row in seed("record_findings")}
    *own, last = seed("gate_rule_words")
    assert last["rule"] == "%"
    used = set()
    for table, rule in rules_that_name_rows():
        row = words_of(rule, table)
        assert row != last, f"{table}.{rule.column}: {rule.name} has no words of its own"
        used.add(row["place"])
        for language in ("en", "fr"):
            said = row[f"to_do_{language}"] or findings[row["finding"]][f"to_do_{language}"]
            assert said, (table, rule)
    # What a whole load is warned of has names that depend on settings.
    of_loads = {row["place"] for row in own if row["finding"] == "load_shrank"}
    assert {row["rule"] for row in own if row["place"] not in used | of_loads} == set()
    warned = [kind.name for kind in KINDS if kind.rule.severity == "warn"]
    names = [name({"warn_load_drop_share": share}) for name in warned for share in (0, 0.05)]
    assert len(names) == 2
    for name in [*names, "is_still_supplied"]:
        rule = gate.Rule(name, "warn", "", None)
        assert words_of(rule, "deals")["finding"] == "load_shrank"


def test_people_whom_only_the_books_know_are_not_named():
    """Payroll and the ledger name people who own nothing: an id there is no record to mend."""
    for table in ("payroll", "expense_ledger"):
        [rule] = [
            r for t, r in rules_that_name_rows() if t == table and r.name == "is_known_in_owners"
        ]
        assert words_of(rule, table)["value_record_type"] == ""
    macro = (ROOT / "macros" / "input_contract.sql").read_text(encoding="utf-8")
    for line in macro.splitlines():
        if line.strip().startswith(("'payroll'", "'expense_ledger'")):
            assert "owner" not in line and "amount" not in line and "employee" not in line


def test_a_rule_has_either_words_or_a_finding_that_has_them():
    findings = {row["finding"]: row for row in seed("record_findings")}
    general = {"row_rejected", "cell_blanked", "row_doubtful"}
    for row in seed("gate_rule_words"):
        assert bool(row["to_do_en"]) == bool(row["to_do_fr"]) == (not row["finding"]), row
        assert row["finding"] not in general
        if row["finding"]:
            assert findings[row["finding"]]["to_do_en"], row
    assert {name for name, row in findings.items() if not row["to_do_en"]} == general
    assert {name for name, row in findings.items() if not row["to_do_fr"]} == general


def test_findings_are_in_order_of_urgency():
    rows = seed("record_findings")
    urgencies = [row["urgency"] for row in rows]
    assert urgencies == sorted(urgencies)
    assert [row["place"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]


def test_every_record_type_is_used_and_known():
    """By an input table, a rule about what a cell names, or a model."""
    text = (ROOT / "macros" / "input_contract.sql").read_text(encoding="utf-8")
    used = {piece.split("'")[0] for piece in text.split("'record': '")[1:]}
    used |= {row["value_record_type"] for row in seed("gate_rule_words")} - {""}
    used |= {"load"}
    assert {row["record_type"] for row in seed("record_types")} == used


def test_the_page_shows_how_to_set_links():
    """The addresses of the demo are examples, of a domain that nobody owns."""
    links = seed("record_links")
    assert links and all(row["url"].startswith("https://app.example.com/") for row in links)
    assert all("{id}" in row["url"] for row in links)


def test_descriptions_name_what_the_seeds_hold():
    path = ROOT / "models" / "docs" / "columns.md"
    reasons = {row["null_reason"] for row in seed("record_types")}
    block = path.read_text(encoding="utf-8").split("{% docs money_null_reason %}")[1]
    assert all(f"`{reason}`" in block.split("{% enddocs %}")[0] for reason in reasons)
    [report] = yaml.safe_load((ROOT / "models/reports/records_to_fix.yml").read_text())["models"]
    [column] = [c for c in report["columns"] if c["name"] == "money_null_reason"]
    [test] = column["data_tests"]
    assert set(test["accepted_values"]["arguments"]["values"]) == reasons
