"""How cells are read: by the functions that the gate and staging share, text and typed.

The meaning of each cell is worked out here a second time, with Python's own calendar and time
zones.
"""

import datetime
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import gates
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from expectations import rules

CON = gates.database()
PARIS, TOKYO = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo")
UTC = datetime.UTC
CALENDAR = rules.Calendar("1990-01-01", "2060-01-01", "Europe/Paris", (("tokyo", "Asia/Tokyo"),))


def ask(expression, text, sql_type="varchar", source="a"):
    """Return the value of an expression of the rules over a row with one cell, `x`."""
    [[value]] = CON.execute(
        f"select {expression} from (select cast(? as {sql_type}) as x, ? as source_system) as rows",
        [text, source],
    ).fetchall()
    return value


def read_moment(text, **options):
    return ask(CALENDAR.moment("x"), text, **options)


def read_day(text, **options):
    return ask(CALENDAR.day("x"), text, **options)


def accepts(rule, text, **options):
    """Return whether the gate lets a cell pass."""
    return ask(rule.fact, text, **options) is not False


# -- days and moments ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment", "day"),
    [
        ("2024-02-29", "2024-02-28 23:00:00", "2024-02-29"),
        ("20240229", "2024-02-28 23:00:00", "2024-02-29"),
        ("2024-01-31T09:30:00Z", "2024-01-31 09:30:00", "2024-01-31"),
        ("2023-04-10T09:30:00.000Z", "2023-04-10 09:30:00", "2023-04-10"),
        ("2024-01-31t09:30:00z", "2024-01-31 09:30:00", "2024-01-31"),
        ("2025-04-01 09:00:00+00", "2025-04-01 09:00:00", "2025-04-01"),
        ("2025-04-30T22:30Z", "2025-04-30 22:30:00", "2025-05-01"),
        ("2025-04-30 22:30+02", "2025-04-30 20:30:00", "2025-04-30"),
        ("2025-04-01 09:00:00 UTC", "2025-04-01 09:00:00", "2025-04-01"),
        ("2024-01-31T09:30:00.123456789+02:00", "2024-01-31 07:30:00.123456", "2024-01-31"),
        ("2024-01-31T09:30:00,5-0530", "2024-01-31 15:00:00.500000", "2024-01-31"),
        ("20240131T093000Z", "2024-01-31 09:30:00", "2024-01-31"),
        ("20240131T0930+0100", "2024-01-31 08:30:00", "2024-01-31"),
        # Without an offset a clock is that of the source, UTC here: a day later in Paris.
        ("2024-01-31 23:30", "2024-01-31 23:30:00", "2024-02-01"),
        ("2025-04-30 22:30:00", "2025-04-30 22:30:00", "2025-05-01"),
        # Midnight without an offset is how tools write a day.
        ("2025-03-31 00:00:00", "2025-03-31 00:00:00", "2025-03-31"),
        ("2025-03-31T00:00", "2025-03-31 00:00:00", "2025-03-31"),
        ("2025-03-31T00:00:00.000", "2025-03-31 00:00:00", "2025-03-31"),
        ("2024-01-31T24:00:00Z", "2024-02-01 00:00:00", "2024-02-01"),
        ("2023-02-29", None, None),
        ("2024-13-05", None, None),
        ("2024-00-10", None, None),
        ("31/02/2024", None, None),
        ("06/04/2022", None, None),
        ("2024-1-5", None, None),
        ("2024-01", None, None),
        ("10000-01-01", None, None),
        ("٢٠٢٤-٠١-٣١", None, None),
        ("2024-01-31\n", None, None),
        ("1706693400", None, None),
        ("now", None, None),
        ("infinity", None, None),
        ("", None, None),
        ("2024-01-31T24:30:00Z", None, None),
        ("2024-01-31T09:60:00Z", None, None),
        ("2024-01-31T09:30:60Z", None, None),
        ("2024-01-31T09:30:00+25:00", None, None),
        ("2024-01-31T09:30:00+02:75", None, None),
        ("2024-01-31T09:30:00 CET", None, None),
        ("2024-02-30T09:30:00Z", None, None),
        ("2024-01-31T", None, None),
    ],
)
def test_days_and_moments_as_text(text, moment, day):
    found = read_moment(text)
    assert found == (moment and datetime.datetime.fromisoformat(moment))
    assert read_day(text) == (day and datetime.date.fromisoformat(day))
    for rule in (rules.moment("x", CALENDAR), rules.day("x", CALENDAR)):
        assert accepts(rule, text) == (moment is not None)


@pytest.mark.parametrize(
    ("sql_type", "text", "day"),
    [
        ("date", "2025-04-30", "2025-04-30"),
        ("timestamptz", "2025-04-30 22:30:00+00", "2025-05-01"),
        ("timestamptz", "2025-04-30 21:30:00+00", "2025-04-30"),
        ("timestamp", "2025-04-30 22:30:00", "2025-05-01"),
        ("timestamp", "2025-01-31 23:30:00", "2025-02-01"),
        ("timestamp", "2025-04-30 00:00:00", "2025-04-30"),
        ("timestamp_ns", "2025-04-30 22:30:00.000000001", "2025-05-01"),
        ("timestamp_s", "2025-04-30 22:30:00", "2025-05-01"),
        ("date", "infinity", None),
        ("date", "-infinity", None),
        ("timestamp", "infinity", None),
        ("date", "0044-03-15 (BC)", None),
        ("bigint", "20240229", "2024-02-29"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_typed_days_are_those_of_the_report_whatever_the_session(sql_type, text, day, zone):
    CON.execute(f"set TimeZone = '{zone}'")
    try:
        assert read_day(text, sql_type=sql_type) == (day and datetime.date.fromisoformat(day))
        assert accepts(rules.day("x", CALENDAR), text, sql_type=sql_type) == (day is not None)
    finally:
        CON.execute("set TimeZone = 'UTC'")


def test_a_source_may_write_moments_in_its_own_zone():
    # 23:30 in Tokyo is 14:30 UTC and 15:30 in Paris: the same day, where UTC would say the next.
    assert read_day("2024-01-31 23:30", source="tokyo") == datetime.date(2024, 1, 31)
    assert read_day("2024-01-31 23:30", source="a") == datetime.date(2024, 2, 1)
    assert read_moment("2024-01-31 23:30", source="tokyo") == datetime.datetime(2024, 1, 31, 14, 30)
    # Moments with an offset, and days, need no zone.
    assert read_day("2024-01-31T23:30:00Z", source="tokyo") == datetime.date(2024, 2, 1)
    assert read_day("2024-01-31", source="tokyo") == datetime.date(2024, 1, 31)


@pytest.mark.parametrize(
    ("text", "is_last", "is_any"),
    [
        ("2024-01-31", True, True),
        ("9999-12-31", True, False),
        ("2060-01-01", True, False),
        ("9999-12-31 23:59:59", True, False),
        ("infinity", True, False),
        ("-infinity", False, False),
        ("1989-12-31", False, False),
        ("2024-02-30", False, False),
        ("never", False, False),
    ],
)
def test_only_a_last_day_may_lie_beyond_the_calendar(text, is_last, is_any):
    assert accepts(rules.last_day("x", CALENDAR), text) == is_last
    assert accepts(rules.day("x", CALENDAR), text) == is_any


ZONES = {
    "": None,
    "Z": 0,
    "z": 0,
    " UTC": 0,
    "+00": 0,
    "+00:00": 0,
    "+02": 120,
    " +02:00": 120,
    "-0530": -330,
    "+14:00": 840,
}


@st.composite
def written_moments(draw):
    """Draw a moment and one of the ways in which ISO 8601 and databases write it."""
    moment = draw(
        st.datetimes(datetime.datetime(1991, 1, 1), datetime.datetime(2059, 1, 1))
    ).replace(second=0, microsecond=0)
    basic = draw(st.booleans())
    day = moment.strftime("%Y%m%d" if basic else "%Y-%m-%d")
    clock = moment.strftime("%H%M" if basic else "%H:%M")
    precision = draw(st.integers(0, 10))
    if precision:
        moment = moment.replace(second=draw(st.integers(0, 59)))
        clock += moment.strftime("%S" if basic else ":%S")
    if precision > 1:
        digits = draw(st.text("0123456789", min_size=precision - 1, max_size=precision - 1))
        moment = moment.replace(microsecond=int(digits[:6].ljust(6, "0")))
        clock += draw(st.sampled_from(".,")) + digits
    separator = draw(st.sampled_from("Tt" if basic else "Tt "))
    zone = draw(st.sampled_from(sorted(ZONES)))
    return f"{day}{separator}{clock}{zone}", moment, ZONES[zone]


@settings(max_examples=200, deadline=None)
@given(written_moments())
@example(("20240131T0930", datetime.datetime(2024, 1, 31, 9, 30), None))
def test_whatever_is_a_moment_of_iso_8601_or_sql_is_accepted_and_is_that_moment(written):
    text, clock, minutes = written
    offset = datetime.timedelta(minutes=minutes or 0)
    moment = clock - offset
    assert accepts(rules.moment("x", CALENDAR), text)
    assert read_moment(text) == moment
    day = moment.replace(tzinfo=UTC).astimezone(PARIS).date()
    if minutes is None and clock.time() == datetime.time():
        day = clock.date()
    assert accepts(rules.day("x", CALENDAR), text)
    assert read_day(text) == day


NEARLY = st.one_of(
    written_moments().map(lambda written: written[0]),
    st.from_regex(
        r"\A[0-9]{4}-?[0-9]{2}-?[0-9]{2}([T ][0-9]{2}:?[0-9]{2}(:?[0-9]{2}(\.[0-9]{1,7})?)?"
        r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?\Z",
        alphabet=st.characters(codec="ascii"),
    ),
    st.text("0123456789-+.:TZ /", max_size=25),
)


@settings(max_examples=300, deadline=None)
@given(NEARLY)
def test_whatever_is_accepted_is_the_moment_that_python_reads(text):
    if not accepts(rules.moment("x", CALENDAR), text):
        return
    # Python takes neither blanks before a zone nor more than six decimals, nor the hour 24.
    plain = re.sub(r"([.,][0-9]{6})[0-9]+", r"\1", text.upper().replace(",", "."))
    plain = re.sub(r" ?(UTC)$", "Z", plain).replace(" +", "+").replace(" -", "-")
    next_day = datetime.timedelta()
    if re.search(r"[T ]24", plain):
        plain, next_day = re.sub(r"([T ])24", r"\g<1>00", plain), datetime.timedelta(days=1)
    moment = datetime.datetime.fromisoformat(plain) + next_day
    if moment.tzinfo is None:
        is_day = len(text) in (8, 10) and not re.search("[T ]", text)
        moment = moment.replace(tzinfo=PARIS if is_day else UTC)
    assert read_moment(text) == moment.astimezone(UTC).replace(tzinfo=None)


# -- numbers, yes and no, names --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("+12.50", "12.50"),
        ("000012", "12"),
        ("1000000000000", "1000000000000"),
        ("99.99000000000001", "99.99000000000001"),
        ("1e5", "100000"),
        ("1E-05", "0.00001"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1" * 40, None),
        ("1e400", None),
        ("1,5", None),
        ("12 000", None),
        ("12 000 EUR", None),
        ("nan", None),
        ("inf", None),
        ("0x10", None),
        ("1_000", None),
        ("٣", None),
        ("", None),
        ("-", None),
        (".", None),
    ],
)
def test_numbers_as_text(text, value):
    found = ask(rules.as_number("x"), text)
    assert found == (value and Decimal(value))
    assert accepts(rules.number("x"), text) == (value is not None)


@pytest.mark.parametrize(
    ("sql_type", "text", "is_good"),
    [
        ("bigint", "1000000000000", True),
        ("bigint", "1000000000001", False),
        ("bigint", "-1", False),
        ("hugeint", "1" + "0" * 30, False),
        ("double", "0.25", True),
        ("double", "1e-7", True),
        ("double", "1e17", False),
        ("double", "inf", False),
        ("double", "nan", False),
        ("decimal(38, 10)", "1000000000000.1", False),
        ("boolean", "true", False),
        ("date", "2024-01-01", False),
    ],
)
def test_typed_numbers(sql_type, text, is_good):
    rule = rules.number("x", minimum=0)
    assert accepts(rule, text, sql_type=sql_type) == is_good


def test_bounds_and_wholeness_of_numbers():
    values = ["-1", "0", "0.5", "1", "1.0", "2", "2147483647", "2147483648"]
    whole = rules.number("x", minimum=0, whole=True)
    assert [accepts(whole, value) for value in values] == [
        *(False, True, False, True, True, True, True, False)
    ]
    share = rules.number("x", minimum=0, maximum=1)
    assert [accepts(share, value) for value in values] == [
        *(False, True, True, True, True, False, False, False)
    ]


@settings(max_examples=200, deadline=None)
@given(st.floats(-1e11, 1e11))
def test_a_number_that_a_tool_prints_is_read_to_the_cent(value):
    found = ask(rules.as_number("x"), repr(value))
    assert abs(found - Decimal(repr(value))) <= Decimal("1e-18")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("true", "TRUE", "t", "Yes", "y", "1", "1.0")),
        *((text, False) for text in ("false", "False", "f", "no", "N", "0", "0.0")),
        *((text, None) for text in ("2", "maybe", "oui", "", "-1", "on")),
    ],
)
def test_yes_and_no(text, value):
    assert ask("read_boolean(rows.x)", text) is value
    assert accepts(rules.boolean("x"), text) == (value is not None)


@pytest.mark.parametrize("text", ["PAID_SEARCH", "paid_search", "Paid Search", "paid-search"])
def test_a_name_is_the_same_however_it_is_spelled(text):
    assert ask(rules.as_choice("x"), text) == "paid_search"


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        ("70013", True),
        ("0070013", True),
        ("001xx000003DGbY", True),
        ("deal-7 / b", True),
        ("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", True),
        ("{'id': 70013}", False),
        ("[70013]", False),
        ("7.0013E+15", False),
        ("1e5", True),
    ],
)
def test_what_may_be_an_id(text, is_id):
    assert accepts(rules.an_id("x", "critical"), text) == is_id
