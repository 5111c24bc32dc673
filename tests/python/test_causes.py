"""Which broken rule is told as the cause of which."""

import great_expectations.expectations as gxe

from expectations.causes import explain
from expectations.rules import Rule
from expectations.runner import Finding


def finding(table, rule, severity="critical", rows=1):
    """Return a broken rule on a table of nine rows."""
    expectation = gxe.ExpectColumnValuesToBeInSet(column="x", value_set=[1])
    ids = list(range(rows))
    keys = [str(number) for number in ids]
    sources = ["crm"] * rows
    return Finding(
        table, Rule(rule, severity, "", expectation), 9, ids, sources, keys, [None] * rows
    )


def test_children_of_rejected_records_follow_from_the_cause_of_those():
    """Without stages no deal is accepted, and nothing that belongs to a deal: one cause is told."""
    share = "no_more_than_5%_of_the_rows_are_rejected"
    found = [
        finding("pipelines", "required_table_is_not_empty"),
        finding("deals", "is_known_in_pipelines", "reject", 9),
        finding("deals", share),
        finding("deal_contacts", "is_accepted_in_deals", "reject", 9),
        finding("deal_contacts", share),
    ]
    explain(found)
    told = [f.name for f in found if f.rule.severity == "critical" and not f.explained_by]
    assert told == ["pipelines: required_table_is_not_empty"]
