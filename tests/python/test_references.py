"""References as a whole, and the advice on values that are written in another way.

The gate is asked directly, over a few tables in memory.
"""

import duckdb
import pandas as pd
import pytest
from gates import columns_of, database, insert

from expectations import gate, hints, loads
from expectations.rules import Calendar
from expectations.runner import Finding

CALENDAR = Calendar("1990-01-01", "2060-01-01")
SUITES = {suite.table: suite for suite in gate.all_suites(CALENDAR)}
SEEDS = {
    "currency_rates": [{"currency": "EUR"}, {"currency": "USD"}],
    "channels": [{"source": "PAID_SEARCH"}, {"source": "REFERRALS"}],
    "lifecycle_stages": [{"lifecycle_stage": "lead"}],
}
SETTINGS = {
    "only_grows": False,
    "max_rejected_share": 0.05,
    "max_rejected_share_of_others": "default: 0.05",
    "max_load_drop_share": 0.5,
    "max_load_drop_share_of_others": "default: 0.5",
    "warn_load_drop_share": 0.05,
    "max_unknown_share": 0.9,
    "max_unknown_share_of_others": "default: 0.9",
    "id_source": "",
    "source_time_zone": "UTC",
    "reporting_time_zone": "UTC",
    "calendar_start": CALENDAR.earliest,
    "calendar_end": CALENDAR.latest,
}


@pytest.fixture
def ask(monkeypatch):
    """A function that asks the gate: {table: rows} in, rows of `input_checks` that are broken out.

    `supplied` are pairs of source and table; without them each table is supplied by `a`. Rows are
    of the source `a`, if they do not say another.
    """
    monkeypatch.setattr(loads, "published_loads", lambda: loads.NOTHING_PUBLISHED)
    monkeypatch.setattr(loads, "published_months", lambda: loads.NO_MONTHS)

    def run(tables, supplied=None, **settings):
        # The tables that are asked for and those that they refer to.
        suites = [suite for table, suite in SUITES.items() if table in tables]
        monkeypatch.setattr(gate, "all_suites", lambda _: suites)
        con = database()
        for seed, lines in SEEDS.items():
            insert(con, f"reference.{seed}", list(lines[0]), lines)
        for table in SUITES:
            rows = [
                {"input_row_id": row_id, "source_system": "a", **row}
                for row_id, row in enumerate(tables.get(table, []), start=1)
            ]
            insert(con, f"inputs.input_{table}", columns_of(table), rows)
        pairs = [("a", table) for table in tables] if supplied is None else supplied
        expected = pd.DataFrame(
            [
                {"source_system": source, "table_name": table, **SETTINGS, **settings}
                for source, table in pairs
            ]
        )
        checks = gate.check_inputs(con, expected, loads.NO_MONTHS).df()
        return checks[~checks["is_met"]]

    return run


def owners(*ids, **cells):
    return [{"owner_id": owner, "owner_name": f"Name {owner}", **cells} for owner in ids]


def deals(*owner_ids, **cells):
    """Return a good deal for each owner."""
    return [
        {
            "deal_id": f"d{n}",
            "pipeline_id": "p",
            "stage_id": "won",
            "deal_amount": "1",
            "owner_id": owner,
            "created_at": "2024-01-31",
            **cells,
        }
        for n, owner in enumerate(owner_ids)
    ]


def told(broken, severity="critical"):
    """Return the messages that are shown: those of causes, not of their consequences."""
    of_severity = broken[(broken["severity"] == severity) & broken["explained_by"].isna()]
    return of_severity["message"].tolist()


IDS = [f"70{n:03d}" for n in range(12)]


# -- a join that finds nothing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        ("70{:03d}", "0070{:03d}", "leading zeros differ: '70000' in deals, '0070000' in owners"),
        ("007{}", "7{}", "leading zeros differ: '0070' in deals, '70' in owners"),
        ("7{}.0", "7{}", "`.0` at the end differs: '70.0' in deals, '70' in owners"),
        ("7{}", "7{}.00", "`.0` at the end differs: '70' in deals, '70.00' in owners"),
        ("Own{}", "OWN{}", "capital letters differ: 'Own0' in deals, 'OWN0' in owners"),
        ("own {}", "own{}", "blanks differ: 'own 0' in deals, 'own0' in owners"),
        ("own\u00a0{}", "own{}", "blanks differ: 'own\\xa00' in deals, 'own0' in owners"),
        (
            *("0051x0000012Ab{:X}", "0051x0000012Ab{:X}AAQ"),
            "15 stand against 18 characters: '0051x0000012Ab0' in deals, '0051x0000012Ab0AAQ' in "
            "owners",
        ),
        ("'{}'", "{}", "quotation marks differ: \"'0'\" in deals, '0' in owners"),
        ("70,{:03d}", "70{:03d}", "commas for thousands differ: '70,000' in deals, '70000' in "),
        ("{{AB-{}}}", "ab{}", "hyphens or brackets differ: '{AB-0}' in deals, 'ab0' in owners"),
        ("user_{}", "{}", "a prefix differs: 'user_0' in deals, '0' in owners"),
        ("{}", "crm:owner:{}", "a prefix differs: '0' in deals, 'crm:owner:0' in owners"),
        ("{}@acme", "{}", "a suffix differs: '0@acme' in deals, '0' in owners"),
        (
            *("own {:03d}.0", "OWN-{:03d}"),
            "leading zeros, `.0`, capital letters, blanks or signs differ: 'own 000.0' in deals, "
            "'OWN-000' in owners",
        ),
        ("Name 9{}", "9{}", "they stand in owners.owner_name"),
        (
            *("x{}", "yy"),
            "owners has e.g. 'yy'; if they are all right, set "
            "--vars '{max_unknown_share: {default: 0.9, deals: 1}}'",
        ),
    ],
)
def test_ids_that_none_knows_stop_the_build_and_say_what_differs(ask, here, there, said):
    numbers = range(12)
    broken = ask(
        {
            "owners": owners(*dict.fromkeys(there.format(n) for n in numbers)),
            "deals": deals(*(here.format(n) for n in numbers)),
        }
    )
    [stop] = told(broken)
    first = repr(here.format(0))
    assert stop.startswith(
        "deals.owner_id: ids_match_owners: 12 of the 12 rows from a that give one are unknown in "
        f"owners, e.g. {first}, "
    )
    assert f"; {said}" in stop


@pytest.mark.parametrize(
    ("owner_ids", "settings", "stops"),
    [
        # Most of the team has left, but those who stay are found: the ids are right.
        ([*(f"gone{n}" for n in range(18)), "70001", "70002"], {}, False),
        ([*(f"gone{n}" for n in range(19)), "70001"], {}, True),
        ([*(f"gone{n}" for n in range(18)), "70001", "70002"], {"max_unknown_share": 0.8}, True),
        ([f"gone{n}" for n in range(20)], {"max_unknown_share": 1}, False),
        # Deals without an owner say nothing about the ids.
        ([None] * 100 + [f"gone{n}" for n in range(10)], {}, True),
        # Few rows, or all of one colleague who left.
        ([f"gone{n}" for n in range(9)], {}, False),
        (["gone"] * 100, {}, False),
        # Unless the difference is known.
        (["070001", "070002"], {}, True),
        (["070001"] * 3, {}, False),
        ([None] * 30, {}, False),
    ],
)
def test_small_or_honest_tables_do_not_stop(ask, owner_ids, settings, stops):
    broken = ask({"owners": owners(*IDS), "deals": deals(*owner_ids)}, **settings)
    assert [message.split(": ")[1] for message in told(broken)] == ["ids_match_owners"] * stops
    unknown = [owner for owner in owner_ids if owner not in {None, *IDS}]
    warned = told(broken, "warn")
    assert len(warned) == bool(unknown)
    assert not unknown or f"{len(unknown)} of {len(owner_ids)} rows" in warned[0]


def test_a_broken_join_of_a_structural_reference_is_told_instead_of_the_rejected_rows(ask):
    quotes = [{"quote_id": f"q{n}", "deal_id": f"D{n}"} for n in range(12)]
    broken = ask({"owners": owners(*IDS), "deals": deals(*IDS), "quotes": quotes})
    [stop] = told(broken)
    assert stop.startswith("quotes.deal_id: ids_match_deals: 12 of the 12 rows from a ")
    assert stop.endswith("; capital letters differ: 'D0' in quotes, 'd0' in deals")
    [share] = broken[broken["rule"].str.startswith("no_more_than")]["explained_by"]
    assert share == "quotes.deal_id: ids_match_deals"


def test_several_tables_with_the_same_fault_are_told_once(ask):
    contacts = [{"contact_id": f"c{n}", "owner_id": owner} for n, owner in enumerate(IDS[:3])]
    broken = ask(
        {
            "owners": owners(*(f"0{owner}" for owner in IDS)),
            "deals": deals(*IDS),
            "contacts": contacts,
        }
    )
    [stop] = told(broken)
    assert stop.startswith("deals.owner_id: ids_match_owners: 12 of the 12 rows ")
    assert stop.endswith("; the same in contacts.owner_id")


def test_a_header_above_the_wrong_columns_is_told_and_not_the_joins(ask):
    rows = deals(*(f"x{n}" for n in range(20)), created_at="won", close_date="new")
    broken = ask({"owners": owners(*IDS), "deals": rows})
    [stop] = told(broken)
    assert stop.endswith("; do the names of the header stand above the right columns?")
    assert "deals.owner_id: ids_match_owners" not in stop
    assert "ids_match_owners" in set(broken["rule"])


def test_faults_that_differ_are_told_one_by_one(ask):
    contacts = [{"contact_id": f"c{n}", "owner_id": f"gone{n}"} for n in range(12)]
    broken = ask(
        {
            "owners": owners(*IDS),
            "deals": deals(*(f"0{owner}" for owner in IDS)),
            "contacts": contacts,
        }
    )
    assert sorted(message.split(":")[0] for message in told(broken)) == [
        "contacts.owner_id",
        "deals.owner_id",
    ]


def test_what_is_wrong_with_the_parent_is_told_and_not_the_join(ask):
    """A required parent without a row; one whose key is another column's."""
    broken = ask({"owners": [], "deals": deals(*IDS)})
    assert told(broken) == ["owners: required_table_is_not_empty: no row from a"]
    twice = [*owners(*["x"] * 12, team="1"), *owners(*["x"] * 12, team="2")]
    broken = ask({"owners": twice, "deals": deals(*IDS)})
    assert {message.split(":")[0] for message in told(broken)} == {"owners.owner_id"}


def test_ids_of_another_table_or_source_are_recognised(ask):
    contacts = [{"contact_id": owner} for owner in IDS]
    broken = ask({"owners": owners("x"), "contacts": contacts, "deals": deals(*IDS)})
    assert told(broken)[0].endswith("; they are ids of contacts")
    both = [*owners(*IDS, source_system="b"), *owners("x")]
    broken = ask(
        {"owners": both, "deals": deals(*IDS)},
        supplied=[("a", "owners"), ("b", "owners"), ("a", "deals")],
    )
    assert told(broken)[0].endswith(
        "; they are ids of owners of another source, and a reference holds within one source"
    )


# -- tables that nobody supplies -------------------------------------------------------------------


def test_a_table_that_nobody_supplies_makes_no_finding(ask):
    invoices = [
        {
            "invoice_id": f"i{n}",
            "company_id": f"c{n}",
            "invoice_type": "invoice",
            "invoice_status": "paid",
            "currency": "EUR",
            "amount_excl_tax": "1",
            "issued_on": "2024-01-31",
        }
        for n in range(30)
    ]
    lines = [
        {"invoice_line_id": f"l{n}", "invoice_id": f"i{n}", "amount_excl_tax": "1"}
        for n in range(30)
    ]
    assert ask({"invoices": invoices}).empty
    # Nor is a row rejected, where the reference is a structural one.
    assert ask({"invoice_lines": lines}).empty
    # Supplied and empty is another thing.
    broken = ask({"invoices": [], "invoice_lines": lines})
    assert set(broken["rule"]) == {
        "is_known_in_invoices",
        "no_more_than_5%_of_the_rows_are_rejected",
    }


def test_nor_for_the_source_that_does_not_supply_it(ask):
    """References hold within one source: `b` brings deals and no owners."""
    tables = {
        "owners": owners(*IDS),
        "deals": [*deals("gone", *IDS), *({**d, "source_system": "b"} for d in deals("x", "y"))],
    }
    broken = ask(tables, supplied=[("a", "owners"), ("a", "deals"), ("b", "deals")])
    assert told(broken, "warn") == [
        "deals.owner_id: is_known_in_owners: from a 1 of 13 rows, e.g. d0 ('gone')"
    ]
    assert told(broken) == []


# -- references to the seeds -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "said"),
    [
        ("U SD", "blanks differ: 'U SD' in deals, 'USD' in currency_rates"),
        (
            "$",
            "currency_rates has e.g. 'EUR', 'USD': map them in the connector, or add them to "
            "seeds/reference/currency_rates.csv",
        ),
    ],
)
def test_values_that_a_seed_does_not_list_are_compared_with_it(ask, currency, said):
    quotes = [{"quote_id": f"q{n}", "currency": currency} for n in range(30)]
    broken = ask({"deals": deals(*IDS, currency=currency), "quotes": quotes})
    [stop] = told(broken)
    assert f"; {said}" in stop
    assert stop.endswith("; the same in quotes")
    assert "ids" not in stop


def test_words_of_a_channel_are_recognised_and_one_of_many_unknown_is_not_explained(ask):
    contacts = [{"contact_id": f"c{n}", "source": "Paid/Search"} for n in range(3)]
    [warned] = told(ask({"contacts": contacts}), "warn")
    assert warned.endswith(
        "; capital letters, blanks and signs differ: 'Paid/Search' in contacts, 'PAID_SEARCH' in "
        "channels"
    )
    # Spellings of one name are no finding.
    assert told(ask({"contacts": [{"contact_id": "c", "source": "paid search"}]}), "warn") == []
    contacts = [{"contact_id": f"c{n}", "source": "REFERRALS"} for n in range(30)]
    contacts[0]["source"] = "AI_REFERRALS"
    [warned] = told(ask({"contacts": contacts}), "warn")
    assert warned.endswith("e.g. c0 ('AI_REFERRALS')")


# -- how values are written ------------------------------------------------------------------------

DAY, MOMENT = "is_a_day_like_2024-01-31", "is_a_moment_like_2024-01-31T09:30:00Z"


@pytest.mark.parametrize(
    ("rule", "values", "name", "convert"),
    [
        (DAY, ["06/04/2022", "01/02/2023"], "day/month/year or month/day/year dates",
         "strptime({0}, '%d/%m/%Y')"),
        (DAY, ["06/04/2022", "31/02/2023"],
         "day/month/year dates (the first number goes up to 31)", "strptime({0}, '%d/%m/%Y')"),
        (DAY, ["6/4/2022", "2/13/2023"],
         "month/day/year dates (the second number goes up to 13)", "strptime({0}, '%m/%d/%Y')"),
        (DAY, ["13/4/2022", "2/13/2023"],
         "day/month/year dates in some rows and month/day/year in others", ""),
        (DAY, ["06.04.2022"], "day.month.year dates", "strptime({0}, '%d.%m.%Y')"),
        (DAY, ["06-04-22"], "day-month-year or month-day-year dates",
         "strptime({0}, '%d-%m-%y')"),
        (MOMENT, ["13/04/2022 09:30"], "day/month/year dates (the first number goes up to 13)",
         "strptime({0}, '%d/%m/%Y %H:%M')"),
        (MOMENT, ["4/13/2022 9:30:15 PM"],
         "month/day/year dates (the second number goes up to 13)",
         "strptime({0}, '%m/%d/%Y %I:%M:%S %p')"),
        (DAY, ["2024/01/31"], "year/month/day dates", "replace({0}, '/', '-')"),
        (DAY, ["2024-1-31", "2024-10-5"], "dates of one digit", "strptime({0}, '%Y-%m-%d')"),
        (DAY, ["20240131"], "dates without hyphens", "strptime({0}, '%Y%m%d')"),
        (DAY, ["45322", "45323.0"], "Excel's numbers of days",
         "date '1899-12-30' + {0}::double::integer"),
        (MOMENT, ["1706693400", "1706693400.0"], "seconds since 1970",
         "to_timestamp({0}::double)"),
        (MOMENT, ["1706693400000"], "milliseconds since 1970",
         "to_timestamp({0}::double / 1000)"),
        (DAY, ["Jan 5, 2024", "Feb 12, 2024"], "dates with the month's name",
         "strptime({0}, '%b %d, %Y')"),
        (DAY, ["5 January 2024"], "dates with the month's name", "strptime({0}, '%d %B %Y')"),
        (DAY, ["05-Jan-24"], "dates with the month's name", "strptime({0}, '%d-%b-%y')"),
        (DAY, ["NULL"], "words for an empty value", "nullif({0}, '{1}')"),
        (DAY, ["2024-02-30"], None, None),
        (DAY, ["soon", "06/04/2022"], None, None),
        ("is_a_number_from_0", ["12,50", "0,5"], "numbers with a decimal comma",
         "replace({0}, ',', '.')"),
        ("is_a_number", ["1.234,50", "12,50"],
         "numbers with a decimal comma and points for thousands",
         "replace(replace({0}, '.', ''), ',', '.')"),
        ("is_a_number", ["1,234.50", "12,345,678.00"], "numbers with commas for thousands",
         "replace({0}, ',', '')"),
        ("is_a_number", ["1,234"], "numbers with commas for thousands, or with a decimal comma",
         "replace({0}, ',', '')"),
        ("is_a_number", ["12 000", "1\u202f200"], "numbers with blanks for thousands",
         "regexp_replace({0}, '[^0-9.-]', '', 'g')"),
        ("is_a_number", ["1'234.50"], "numbers with apostrophes",
         "regexp_replace({0}, '[^0-9.-]', '', 'g')"),
        ("is_a_number", ["€12", "$1,234.00"], "numbers with a currency beside them",
         "regexp_replace({0}, '[^0-9.-]', '', 'g')"),
        ("is_a_number", ["1.234,50 EUR"], "numbers with a currency beside them",
         "replace(regexp_replace({0}, '[^0-9,-]', '', 'g'), ',', '.')"),
        ("is_a_number", ["15 %"], "percentages", "replace({0}, '%', '')::double / 100"),
        ("is_a_number", ["(12.50)"], "negative numbers in brackets",
         "'-' || regexp_replace({0}, '[^0-9.-]', '', 'g')"),
        ("is_a_number", ["1.5E+06"], "numbers with an exponent",
         "{0}::double::decimal(18, 4)"),
        ("is_a_number_from_0", ["-5", "-4500.00"], None, None),
        ("is_a_whole_number", ["51-200"], None, None),
        ("is_true_or_false", ["Yes", "No"], "words for true and false",
         "case when lower({0}) in ('yes', 'y', 't', 'x', 'on', 'ja', 'oui', 'sí', 'si', 'vrai') "
            "then 'true' else 'false' end"),
        ("is_one_of_a_b", ["06/04/2022"], None, None),
    ],
)  # fmt: skip
def test_how_values_are_written(rule, values, name, convert):
    look = hints.look_of(rule, values)
    assert (look and look.name, look and look.convert) == (name, convert)


READABLE = {
    "06/04/2022": "2022-04-06",
    "31/02/22": None,
    "13/04/2022 09:30": "2022-04-13 09:30:00",
    "4/13/2022 9:30:15 PM": "2022-04-13 21:30:15",
    "6.4.2022": "2022-04-06",
    "2024/01/31": "2024-01-31",
    "2024-1-5": "2024-01-05",
    "20240131": "2024-01-31",
    "45322": "2024-01-31",
    "Jan 5, 2024": "2024-01-05",
    "5 January 2024": "2024-01-05",
    "05-Jan-24": "2024-01-05",
    "1706693400": "2024-01-31 09:30:00",
    "1706693400000": "2024-01-31 09:30:00",
}


@pytest.mark.parametrize("value", [value for value, right in READABLE.items() if right])
def test_what_is_advised_for_dates_reads_them(value):
    look = hints.look_of(MOMENT, [value])
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    sql = look.convert.format("x")
    [[read]] = con.execute(
        f"select cast({sql} as varchar) from (select ? as x)", [value]
    ).fetchall()
    assert read.removesuffix("+00").removesuffix(" 00:00:00") == READABLE[value]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("12,50", 12.5),
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("12 000", 12000),
        ("1 234,5", 1234.5),
        ("1'234.50", 1234.5),
        ("$1,234.00", 1234),
        ("1.234,50 €", 1234.5),
        ("15 %", 0.15),
        ("(12.50)", -12.5),
        ("1.5E+06", 1500000),
    ],
)
def test_what_is_advised_for_numbers_reads_them(value, number):
    sql = hints.look_of("is_a_number", [value]).convert.format("x")
    [[read]] = duckdb.execute(
        f"select cast({sql} as double) from (select ? as x)", [value]
    ).fetchall()
    assert read == pytest.approx(number)


def test_a_table_with_dates_of_another_format_says_so_of_all_its_columns(ask):
    rows = deals(*IDS, created_at="06/04/2022", close_date="13/04/2022")
    rows[0]["deal_amount"] = "12,50"
    [stop] = told(ask({"owners": owners(*IDS), "deals": rows}))
    assert "no_more_than_5%_of_the_rows_are_rejected: 12 of 12 rows from a" in stop
    assert stop.endswith(
        "; they look like day/month/year or month/day/year dates: convert them in the connector, "
        "e.g. strptime(created_at, '%d/%m/%Y')"
    )
    assert "header" not in stop
    rows = deals(*IDS, created_at="13/04/2022", close_date="13/04/2022")
    [stop] = told(ask({"owners": owners(*IDS), "deals": rows}))
    assert "created_at and close_date look like day/month/year dates (the first number " in stop


def test_one_typing_error_is_no_format(ask):
    rows = deals(*IDS * 10)
    rows[0]["close_date"] = "31/02/2024"
    [rejected] = told(ask({"owners": owners(*IDS), "deals": rows}), "reject")
    assert rejected == (
        "deals.close_date: is_a_day_like_2024-01-31: 1 of 120 rows, e.g. d0 ('31/02/2024')"
    )


def test_each_source_is_told_how_its_own_values_are_written(ask):
    tables = {"deals": [*deals(*[None] * 200), *deals(*[None] * 20, source_system="b")]}
    for row in tables["deals"][200:]:
        row |= {"deal_id": f"b {row['deal_id']}", "close_date": "13/04/2022"}
    tables["deals"][3]["close_date"] = "2024-02-30"
    broken = ask(tables, supplied=[("a", "deals"), ("b", "deals")])
    [stop] = told(broken)
    assert ": 20 of 20 rows from b, most of them by deals.close_date: " in stop
    assert ": 20 of 20 rows, e.g. b d0 ('13/04/2022'), " in stop
    assert stop.endswith("e.g. strptime(close_date, '%d/%m/%Y')")
    assert "2024-02-30" not in stop
    [rejected] = told(broken, "reject")
    assert "from a 1 of 200 rows, e.g. d3 ('2024-02-30'); from b 20 of 20 rows, e.g. " in rejected


def test_a_finding_of_one_source_is_shown_as_before():
    finding = Finding("deals", SUITES["deals"].all_rules()[0], row_count=9)
    finding.row_ids, finding.sources, finding.keys, finding.values = [3], ["a"], [""], [None]
    assert finding.message == "deals.deal_id: key_is_not_null: 1 of 9 rows, e.g. input_row_id 3"


def test_words_that_a_seed_spells_otherwise_are_no_difference(ask):
    """Four sources are unknown; those in other letters are known, and say nothing of them."""
    contacts = [
        {"contact_id": f"c{n}", "source": source, "created_at": "2024-01-31"}
        for n, source in enumerate(["Paid Search"] * 40 + ["AI_REFERRALS"] * 2)
    ]
    [warned] = told(ask({"contacts": contacts}), "warn")
    assert warned == (
        "contacts.source: is_known_in_channels: 2 of 42 rows, e.g. c40 ('AI_REFERRALS'), "
        "c41 ('AI_REFERRALS')"
    )


def test_a_pipeline_that_is_gone_is_named_and_not_its_stage(ask):
    """Each pipeline has a stage of this name: the value alone looks right."""
    tables = {
        "owners": owners("1"),
        "deals": deals(*["1"] * 40),
        "pipelines": [
            {"pipeline_id": "p", "stage_id": "won", "is_closed": "true", "is_won": "true"}
        ],
    }
    tables["deals"][3]["pipeline_id"] = "gone"
    [rejected] = told(ask(tables), "reject")
    assert rejected == (
        "deals.stage_id: is_known_in_pipelines: 1 of 40 rows, e.g. d3 ('won'); "
        "pipelines has no pipeline_id 'gone'"
    )


@pytest.mark.parametrize(
    ("look", "convert", "setting"),
    [
        ("day/month/year dates", "strptime({0}, '%d/%m/%Y')", "date_format: DD/MM/YYYY"),
        ("dates", "strptime({0}, '%m/%d/%Y %H:%M:%S')", "date_format: MM/DD/YYYY"),
        ("dates with the month's name", "strptime({0}, '%d %b %Y')", "date_format: DD Mon YYYY"),
        ("numbers with a decimal comma", hints.DECIMAL_COMMA, 'decimal_mark: ","'),
        # No setting can say this.
        ("dates", "strptime({0}, '%B %d, %Y')", ""),
        ("dates", "strptime({0}, '%m/%d/%Y %I:%M %p')", ""),
        ("seconds since 1970", "to_timestamp({0}::double)", ""),
        ("numbers with commas for thousands, or with a decimal comma", hints.THOUSANDS, ""),
    ],
)
def test_a_format_that_a_setting_can_say_is_one(look, convert, setting):
    assert hints.setting_of(look, convert) == setting


def advised(source, in_files):
    """Return the advice on close dates of a source, of which all are written day first."""
    [rule] = [
        rule
        for rule in SUITES["deals"].all_rules()
        if rule.column == "close_date" and rule.name.startswith("is_a_day")
    ]
    finding = Finding("deals", rule, row_count=20)
    finding.row_ids, finding.sources = list(range(20)), [source] * 20
    finding.keys, finding.values = list(map(str, range(20))), ["13/04/2022"] * 20
    hints.add_advice([finding], frozenset(in_files))
    return finding.advice[source]


def test_dates_of_files_are_read_by_a_setting():
    """A connector that the project brings has no SQL of the user's."""
    assert "set extract_formats: {acme: {date_format: DD/MM/YYYY}} if most are; or convert" in (
        advised("acme", ["acme"])
    )
    assert advised("acme", []).endswith(
        ": convert them in the connector, e.g. strptime(close_date, '%d/%m/%Y')"
    )
    assert advised("spend", ["spend"]).endswith(
        ": set date_format: DD/MM/YYYY for their platform in seeds/reference/spend_platforms.csv, "
        "if most are"
    )


def test_ids_of_a_source_that_is_not_there_are_no_wrong_ids(ask, monkeypatch):
    """Somebody left the CRM out of `connectors`, and in `id_sources`."""

    plain = database

    def named():
        con = plain()
        con.execute(
            "create or replace macro source_of_id(id, source) as "
            "coalesce(nullif(regexp_extract(id, '^([a-z]+):', 1), ''), source)"
        )
        return con

    tables = {"owners": owners(*IDS), "deals": deals(*(f"crm:{owner}" for owner in IDS))}
    assert not any("connectors" in message for message in ask(tables)["message"])
    monkeypatch.setitem(globals(), "database", named)
    [warned] = told(ask(tables), "warn")
    assert "id_sources says that they are ids of crm, which connectors does not list" in warned
