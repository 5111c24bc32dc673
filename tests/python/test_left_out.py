"""Every input is left out once, and some are there alone: what is not known is null, and published.

`kpi_inputs` says what each KPI needs. Without one of these tables it has no value anywhere; without
any other table it has as many values of the total as before, or more than none where the table says
until when is reported.
"""

import csv
from collections import defaultdict

import pytest
from conftest import ROOT
from left_out import Warehouse

# The companies that have one tool only, and the tables that it fills.
ALONE = {
    "a CRM of deals": {"deals", "pipelines"},
    "invoices": {"invoices"},
    "subscriptions": {"subscriptions"},
    "a website": {"web_sessions"},
    "a survey": {"feedback_submissions"},
    "books": {"expense_ledger"},
}


def needed_by_kpi():
    """Return {(kpi, variant): [the input tables of which one is needed, ...]}."""
    with (ROOT / "seeds/reference/kpi_inputs.csv").open(newline="", encoding="utf-8") as file:
        return {
            (row["kpi"], row["variant"]): [
                set(alternatives.split(" or ")) for alternatives in row["inputs"].split("|")
            ]
            for row in csv.DictReader(file)
        }


NEEDED = needed_by_kpi()
TABLES = sorted(path.stem.removeprefix("input_") for path in (ROOT / "models/inputs").glob("*.sql"))
STATES = {f"without_{table}": set(TABLES) - {table} for table in TABLES} | {
    f"only_{name.replace(' ', '_')}": tables for name, tables in ALONE.items()
}


def is_known(kpi_and_variant, supplied):
    """Return whether the tables `supplied` hold all that a KPI needs."""
    return all(alternatives & supplied for alternatives in NEEDED[kpi_and_variant])


@pytest.fixture(scope="module")
def warehouse(demo_build):
    return Warehouse(demo_build)


@pytest.fixture(scope="module")
def figures(warehouse):
    """The figures of the whole demo."""
    return warehouse.figures()


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_known_is_null_and_what_is_known_is_published(warehouse, figures, state):
    supplied = STATES[state]
    with warehouse.without(set(TABLES) - supplied) as changed:
        broken = warehouse.broken_tests(changed)
        found = warehouse.figures()
    assert broken == {}, "the build would not publish"
    assert set(found) == set(NEEDED)
    expected = {key for key in NEEDED if is_known(key, supplied)}
    shown = {key for key, (count, _) in found.items() if count}
    assert sorted(shown - expected) == [], "a figure without its source"
    assert sorted(expected - shown) == [], "no figure, though all that kpi_inputs names is there"


def test_every_kpi_has_figures_in_the_demo(figures):
    assert sorted(key for key, (count, _) in figures.items() if not count) == []


def test_only_input_tables_are_needed_and_each_is_left_out():
    needed = {table for groups in NEEDED.values() for group in groups for table in group}
    assert needed <= set(TABLES)
    assert len(TABLES) >= 25
