"""Rows whose parent was rejected are rejected too and say so; no deal borrows another's stage."""

import gates
import pytest

from expectations import gate
from expectations.runner import Runner

SUITES = [
    suite
    for suite in gate.all_suites(gates.CALENDAR)
    if suite.table
    in ("owners", "companies", "contacts", "campaigns", "pipelines", "deals", "deal_stage_history")
    or suite.table in ("contact_companies", "plans", "invoices", "invoice_lines")
]
STAGE = {"is_closed": "false", "is_won": "false"}
WON = {"is_closed": "true", "is_won": "true"}


def asked(**tables):
    """Return all findings of the gate in rows by table, met or not."""
    con = gates.database()
    for seed, lines in gates.SEEDS.items():
        gates.insert(con, f"reference.{seed}", list(lines[0]), lines)
    con.execute("create table reference.lifecycle_stages as select 'lead' as lifecycle_stage")
    for suite in SUITES:
        rows = [
            {"input_row_id": number, "source_system": "a", **row}
            for number, row in enumerate(tables.get(suite.table, []), start=1)
        ]
        gates.insert(con, f"inputs.input_{suite.table}", gates.columns_of(suite.table), rows)
    return gate.check_rows(con, SUITES, gates.CALENDAR, Runner())


def findings(**tables):
    """Return what the gate finds in rows by table: (severity, table.column: rule) -> finding."""
    return {(f.rule.severity, f.name): f for f in asked(**tables) if not f.is_met}


def keys(found):
    return {name: finding.keys for name, finding in found.items()}


def stages(*rows):
    return [
        {"pipeline_id": pipeline, "stage_id": stage, **(WON if stage == "won" else STAGE), **more}
        for pipeline, stage, more in rows
    ]


def deal(deal_id, pipeline_id, stage_id):
    return {
        "deal_id": deal_id,
        "pipeline_id": pipeline_id,
        "stage_id": stage_id,
        "deal_amount": "100",
    }


def test_a_deal_whose_stage_was_rejected_is_rejected_and_so_is_its_history():
    found = findings(
        pipelines=stages(("p", "won", {"is_won": "maybe"}), ("p", "demo", {}), ("q", "won", {})),
        deals=[deal("1", "p", "won"), deal("2", "p", "demo"), deal("3", "q", "won")],
        deal_stage_history=[
            {"deal_id": "1", "stage_id": "won", "entered_at": "2024-01-02"},
            {"deal_id": "2", "stage_id": "won", "entered_at": "2024-01-02"},
            {"deal_id": "2", "stage_id": "demo", "entered_at": "2024-01-03"},
            {"deal_id": "3", "stage_id": "won", "entered_at": "2024-01-02"},
        ],
    )
    first, second = "1 / won / 2024-01-02", "2 / won / 2024-01-02"
    assert keys(found) == {
        ("reject", "pipelines.is_won: is_true_or_false"): ["p / won"],
        ("reject", "deals.stage_id: is_accepted_in_pipelines"): ["1"],
        ("reject", "deal_stage_history.deal_id: is_accepted_in_deals"): [first],
        # The deal itself was never in `won` of the pipeline q.
        ("reject", "deal_stage_history.stage_id: is_no_rejected_stage_of_the_deal"): [
            *(first, second)
        ],
    }
    told = found["reject", "deals.stage_id: is_accepted_in_pipelines"]
    assert told.message == (
        "deals.stage_id: is_accepted_in_pipelines: 1 of 3 rows, e.g. 1 ('won')"
        "; rejected there by pipelines.is_won: is_true_or_false"
    )


def test_an_attribute_whose_row_was_rejected_is_only_shown():
    found = findings(
        companies=[{"company_id": "c", "created_at": "yesterday"}, {"company_id": "d"}],
        contacts=[{"contact_id": "k"}],
        deals=[{**deal("1", "p", "demo"), "company_id": "c"}, {**deal("2", "p", "demo")}],
        pipelines=stages(("p", "demo", {})),
        contact_companies=[
            {"contact_id": "k", "company_id": "c"},
            {"contact_id": "k", "company_id": "d"},
        ],
    )
    assert keys(found) == {
        ("reject", "companies.created_at: is_a_moment_like_2024-01-31T09:30:00Z"): ["c"],
        ("warn", "deals.company_id: is_accepted_in_companies"): ["1"],
        ("reject", "contact_companies.company_id: is_accepted_in_companies"): ["k / c"],
    }


def test_a_rejected_copy_leaves_its_children_alone():
    copies = [{"company_id": "c", "company_name": "Acme"}] * 2
    found = findings(
        companies=copies,
        contacts=[{"contact_id": "k"}],
        contact_companies=[{"contact_id": "k", "company_id": "c"}],
    )
    assert keys(found) == {("reject", "companies.company_id: row_is_not_a_copy"): ["c"]}


# Column of a table that refers to the table itself -> what the rows have besides their key.
OWN = {
    "companies.parent_company_id": {},
    "companies.merged_into_company_id": {},
    "contacts.merged_into_contact_id": {},
    "deals.merged_into_deal_id": {"pipeline_id": "p", "stage_id": "demo", "deal_amount": "1"},
}


def own_rows(place, *rows):
    """Return the tables for rows of (id, what its column refers to, more cells)."""
    table, column = place.split(".")
    [key] = {s.table: s for s in SUITES}[table].key
    cells = [{key: row, column: to, **OWN[place], **more} for row, to, more in rows]
    pipelines = stages(("p", "demo", {}), ("p", "demo", {"source_system": "z"}))
    return {"pipelines": pipelines, table: cells}


def test_all_columns_that_refer_to_their_own_table_are_tried_and_keep_their_rows():
    own = {
        f"{suite.table}.{reference.column}": reference
        for suite in gate.all_suites(gates.CALENDAR)
        for reference in suite.references
        if reference.table == suite.table
    }
    assert own.keys() == OWN.keys()
    # A row that it rejected would be the rejected parent of others.
    assert {reference.severity for reference in own.values()} == {"warn"}


@pytest.mark.parametrize("place", OWN)
def test_a_row_says_that_another_row_of_its_table_was_rejected(place):
    table, column = place.split(".")
    key, bad = column.removeprefix("merged_into_").removeprefix("parent_"), {"created_at": "?"}
    rule = f"{table}.created_at: is_a_moment_like_2024-01-31T09:30:00Z"
    rows = own_rows(
        place,
        ("a", "b", {}),
        # The rejected row refers to an accepted one; a merge goes on behind it.
        ("b", "c", bad),
        ("c", None, {}),
        ("d", "e", {}),
        ("e", None, bad),
        # Only the row that names the rejected one says so.
        ("f", "d", {}),
        # Another source has an `e` that was accepted, and one copy of `i` was.
        ("g", "e", {"source_system": "z"}),
        ("e", None, {"source_system": "z"}),
        ("h", "i", {}),
        ("i", None, {}),
        ("i", None, {}),
        # A row is not its own child; one that is rejected itself may be another's.
        ("j", "j", bad),
        ("k", "j", bad),
        ("l", "gone", {}),
        ("m", None, {}),
    )
    found = findings(**rows)
    assert keys(found) == {
        ("reject", rule): ["b", "e", "j", "k"],
        ("reject", f"{table}.{key}: row_is_not_a_copy"): ["i"],
        ("warn", f"{place}: is_known_in_{table}"): ["l"],
        ("warn", f"{place}: is_accepted_in_{table}"): ["a", "d", "k"],
    }
    assert found["warn", f"{place}: is_accepted_in_{table}"].message == (
        f"{place}: is_accepted_in_{table}: 3 of 15 rows, e.g. a ('b'), d ('e'), k ('j')"
        f"; rejected there by {rule}"
    )


def test_a_deal_merged_into_one_whose_parent_was_rejected_says_so():
    demo = {"pipeline_id": "p", "stage_id": "demo", "deal_amount": "1"}
    found = findings(
        pipelines=stages(("p", "won", {"is_won": "maybe"}), ("p", "demo", {})),
        deals=[deal("1", "p", "won"), {"deal_id": "2", **demo, "merged_into_deal_id": "1"}],
    )
    assert keys(found) == {
        ("reject", "pipelines.is_won: is_true_or_false"): ["p / won"],
        ("reject", "deals.stage_id: is_accepted_in_pipelines"): ["1"],
        ("warn", "deals.merged_into_deal_id: is_accepted_in_deals"): ["2"],
    }
    told = found["warn", "deals.merged_into_deal_id: is_accepted_in_deals"]
    assert told.hint == "; rejected there by deals.stage_id: is_accepted_in_pipelines"


def test_where_no_row_was_rejected_the_rules_were_asked_and_met():
    tables = {}
    for place in OWN:
        tables |= own_rows(place, ("a", "b", {}), ("b", None, {}))
    rules = {f"{place}: is_accepted_in_{place.split('.')[0]}" for place in OWN}
    found = {f.name: (f.row_count, f.is_met) for f in asked(**tables) if f.name in rules}
    assert found == dict.fromkeys(rules, (2, True))


def test_the_lines_of_a_rejected_invoice_go_with_it():
    invoice = {
        "company_id": "c",
        "invoice_type": "invoice",
        "invoice_status": "paid",
        "currency": "EUR",
        "amount_excl_tax": "10",
        "issued_on": "2024-01-31",
    }
    found = findings(
        companies=[{"company_id": "c"}],
        invoices=[{"invoice_id": "1", **invoice, "issued_on": "31/01/2024"}],
        invoice_lines=[{"invoice_line_id": "1-1", "invoice_id": "1", "amount_excl_tax": "10"}],
    )
    assert keys(found) == {
        ("reject", "invoices.issued_on: is_a_day_like_2024-01-31"): ["1"],
        ("reject", "invoice_lines.invoice_id: is_accepted_in_invoices"): ["1-1"],
    }


def test_one_bad_cell_that_nothing_hangs_on_keeps_its_row():
    found = findings(
        companies=[{"company_id": "c", "employee_count": "51-200", "is_archived": "?"}],
        contacts=[{"contact_id": "k", "lead_score": "High", "lifecycle_stage": "hot"}],
        contact_companies=[{"contact_id": "k", "company_id": "c", "is_primary": "maybe"}],
    )
    assert keys(found) == {
        ("blank", "companies.employee_count: is_a_whole_number_from_0"): ["c"],
        ("blank", "companies.is_archived: is_true_or_false"): ["c"],
        ("blank", "contacts.lead_score: is_a_number"): ["k"],
        ("blank", "contacts.lifecycle_stage: is_known_in_lifecycle_stages"): ["k"],
        ("blank", "contact_companies.is_primary: is_true_or_false"): ["k / c"],
    }


@pytest.mark.parametrize("suite", gate.all_suites(gates.CALENDAR), ids=lambda suite: suite.table)
def test_each_table_comes_after_those_that_it_cannot_do_without(suite):
    order = [s.table for s in gate.in_order_of_reference(gate.all_suites(gates.CALENDAR))]
    for reference in suite.references:
        if reference.severity == "reject" and not reference.is_to_seed:
            assert order.index(reference.table) < order.index(suite.table)
