"""Find the likely flaw of values that broke a rule by trying formats, and say it as advice.

A person who reads `1,578 of 1,578 rows` asks first what the values look like and how they are to be
read. A hint is given only if nearly all of the values agree with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from expectations.rules import IN_REPORTING_CURRENCY
from expectations.runner import Finding

ROOT = Path(__file__).resolve().parents[1]
# So large a share of the values must look alike.
NEARLY_ALL = 0.9
# One typing error is no format: below this number, rejected rows go without advice.
ENOUGH = 10
# … unless they are so large a share of a small table.
LARGE_SHARE = 0.05
# How many values are looked at.
SAMPLE = 1_000

ZONE = r"(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
TIME = rf"(?:[T ,]+\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?{ZONE})?"
MONTH = r"(?:[A-Za-zÀ-ÿ]{3,9})\.?"


@dataclass(frozen=True)
class Look:
    """A way to write values: the pattern, what to call it and how a connector converts it.

    `convert` is DuckDB's SQL, with `{0}` for the column.
    """

    pattern: str
    name: str
    convert: str

    def fits(self, values: list[str]) -> bool:
        """Return whether nearly all values are written so."""
        like = sum(1 for value in values if re.fullmatch(self.pattern, value))
        return like >= NEARLY_ALL * len(values)


def _parts(values: Iterable[str]) -> list[tuple[int, int]]:
    """Return the first two numbers of each date."""
    found = (re.match(r"\s*(\d{1,2})\D+(\d{1,2})\D", value) for value in values)
    return [(int(match[1]), int(match[2])) for match in found if match]


def _day_and_month(values: list[str]) -> Look | None:
    """Return how dates like 06/04/2022 are written, if they are; their numbers tell the order."""
    for separator, year in ((s, y) for y in (r"\d{4}", r"\d{2}") for s in r"/.-"):
        pattern = rf"\d{{1,2}}\{separator}\d{{1,2}}\{separator}{year}{TIME}"
        if not Look(pattern, "", "").fits(values):
            continue
        parts = _parts(values)
        last_first = max((first for first, _ in parts), default=0)
        last_second = max((second for _, second in parts), default=0)
        mark = "%Y" if year == r"\d{4}" else "%y"
        day_first = separator.join(("%d", "%m", mark))
        month_first = separator.join(("%m", "%d", mark))
        names = [name.replace("/", separator) for name in ("day/month/year", "month/day/year")]
        if last_first > 12 and last_second > 12:
            return Look(pattern, f"{names[0]} dates in some rows and {names[1]} in others", "")
        if last_second > 12:
            name = f"{names[1]} dates (the second number goes up to {last_second})"
            return Look(pattern, name, _strptime(month_first, values))
        if last_first > 12:
            name = f"{names[0]} dates (the first number goes up to {last_first})"
        elif separator == ".":
            name = f"{names[0]} dates"
        else:
            name = f"{names[0]} or {names[1]} dates"
        return Look(pattern, name, _strptime(day_first, values))
    return None


def _strptime(written: str, values: list[str]) -> str:
    """Return the SQL that reads dates of a format, and times behind them if there are any."""
    value = next((value for value in values if ":" in value), "")
    if value:
        seconds = ":%S" if value.count(":") > 1 else ""
        half = " %p" if re.search(r"[AaPp]\.?[Mm]", value) else ""
        written += f" {'%I' if half else '%H'}:%M{seconds}{half}"
    return f"strptime({{0}}, '{written}')"


def _month_name(values: list[str]) -> Look | None:
    """Return how dates like `Jan 5, 2024` are written, if they are."""
    name = "%B" if any(re.search(r"[A-Za-z]{4}", value) for value in values) else "%b"
    comma = "," if any("," in value for value in values) else ""
    dash = "-" if any(re.match(r"\d+-", value) for value in values) else " "
    for pattern, written in (
        (rf"{MONTH} \d{{1,2}},? \d{{4}}{TIME}", f"{name} %d{comma} %Y"),
        (rf"\d{{1,2}}[ -]{MONTH}[ -]\d{{4}}{TIME}", f"%d{dash}{name}{dash}%Y"),
        (rf"\d{{1,2}}[ -]{MONTH}[ -]\d{{2}}{TIME}", f"%d{dash}{name}{dash}%y"),
    ):
        look = Look(pattern, "dates with the month's name", _strptime(written, values))
        if look.fits(values):
            return look
    return None


def _between(minimum: int, maximum: int) -> Callable[[list[str]], bool]:
    """Return the question whether nearly all values are whole numbers within two bounds."""

    def asked(values: list[str]) -> bool:
        whole = [int(float(v)) for v in values if re.fullmatch(r"\d{1,16}(\.\d+)?", v)]
        within = sum(minimum <= number <= maximum for number in whole)
        return within >= NEARLY_ALL * len(values)

    return asked


# Programs write a day or moment as one of these numbers; 1990 to 2060, as in the calendar.
DATE_NUMBERS = [
    (_between(631_152_000, 2_840_140_800), "seconds since 1970", "to_timestamp({0}::double)"),
    (
        _between(631_152_000_000, 2_840_140_800_000),
        "milliseconds since 1970",
        "to_timestamp({0}::double / 1000)",
    ),
    (_between(19_900_101, 20_591_231), "dates without hyphens", "strptime({0}, '%Y%m%d')"),
    (
        _between(32_874, 58_440),
        "Excel's numbers of days",
        "date '1899-12-30' + {0}::double::integer",
    ),
]

DATES = [
    Look(rf"\d{{4}}/\d{{1,2}}/\d{{1,2}}{TIME}", "year/month/day dates", "replace({0}, '/', '-')"),
    Look(rf"\d{{4}}\.\d{{1,2}}\.\d{{1,2}}{TIME}", "year.month.day dates", "replace({0}, '.', '-')"),
    Look(r"\d{4}-(\d-\d{1,2}|\d{1,2}-\d)", "dates of one digit", "strptime({0}, '%Y-%m-%d')"),
]

# A number as it must be: what breaks a bound is written well.
PLAIN = r"[+-]?\d+(\.\d+)?"
CURRENCY = r"(?:[$€£¥₹]|[A-Z]{2,3}\$?|kr\.?|zł)"
DIGITS = r"[\d.,'’ \u00a0\u202f]+"
THOUSANDS = "replace({0}, ',', '')"
DECIMAL_COMMA = "replace({0}, ',', '.')"
BOTH = "replace(replace({0}, '.', ''), ',', '.')"
DIGITS_ONLY = "regexp_replace({0}, '[^0-9.-]', '', 'g')"
DIGITS_AND_COMMA = "replace(regexp_replace({0}, '[^0-9,-]', '', 'g'), ',', '.')"


def _number_looks(values: list[str]) -> list[Look]:
    """Return the ways in which numbers are written that are no plain ones."""
    is_comma_decimal = any(re.search(r",\d{1,2}\D*$", value) for value in values)
    digits = DIGITS_AND_COMMA if is_comma_decimal else DIGITS_ONLY
    return [
        Look(r"[+-]?\d{1,3}(,\d{3})+\.\d+", "numbers with commas for thousands", THOUSANDS),
        Look(
            r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?",
            "numbers with commas for thousands, or with a decimal comma",
            THOUSANDS,
        ),
        Look(r"[+-]?\d+,\d+", "numbers with a decimal comma", DECIMAL_COMMA),
        Look(
            r"[+-]?\d{1,3}(\.?\d{3})*,\d+|[+-]?\d{1,3}(\.\d{3})+",
            "numbers with a decimal comma and points for thousands",
            BOTH,
        ),
        Look(
            r"[+-]?\d{1,3}([ \u00a0\u202f]?\d{3})*([.,]\d+)?",
            "numbers with blanks for thousands",
            digits,
        ),
        Look(r"[+-]?\d{1,3}(['’]?\d{3})*([.,]\d+)?", "numbers with apostrophes", digits),
        Look(
            rf"[+-]?{CURRENCY}\s?[+-]?{DIGITS}|[+-]?{DIGITS}{CURRENCY}",
            "numbers with a currency beside them",
            digits,
        ),
        Look(r"[+-]?[\d.,]+\s?%", "percentages", "replace({0}, '%', '')::double / 100"),
        Look(r"\([\d.,]+\)", "negative numbers in brackets", "'-' || " + DIGITS_ONLY),
        Look(
            r"[+-]?\d+(\.\d+)?[eE][+-]?\d+",
            "numbers with an exponent",
            "{0}::double::decimal(18, 4)",
        ),
    ]


NOTHINGS = r"(?i)null|none|nan|nat|n/?a|nil|undefined|unknown|-+|—|\?|\\N|#n/a|\(empty\)|\(blank\)"
NOTHING = Look(NOTHINGS, "words for an empty value", "nullif({0}, '{1}')")
YES_AND_NO = Look(
    r"(?i)y|n|yes|no|on|off|t|f|ja|nein|oui|non|sí|si|vrai|faux|x",
    "words for true and false",
    "case when lower({0}) in ('yes', 'y', 't', 'x', 'on', 'ja', 'oui', 'sí', 'si', 'vrai') "
    "then 'true' else 'false' end",
)


def look_of(rule_name: str, values: list[str]) -> Look | None:
    """Return how the values that broke a rule are written, if the rule is on a type and they agree.

    `rule_name` is the name of a rule of `expectations.rules`, such as `is_a_day_like_2024-01-31`.
    """
    looks: list[Look | None] = [NOTHING]
    if re.match("is_a_(day|moment)_", rule_name):
        looks += [*DATES, _day_and_month(values), _month_name(values)]
        looks += [Look(r"[\d.]+", name, sql) for fits, name, sql in DATE_NUMBERS if fits(values)]
    elif re.match("is_a_(whole_)?number", rule_name):
        odd = [value for value in values if not re.fullmatch(PLAIN, value)]
        if len(odd) < NEARLY_ALL * len(values):
            return None
        values, looks = odd, looks + _number_looks(odd)
    elif rule_name == "is_true_or_false":
        looks += [YES_AND_NO]
    else:
        return None
    return next((look for look in looks if look and look.fits(values)), None)


def add_advice(findings: list[Finding], in_files: frozenset[str] = frozenset()) -> None:
    """Add to broken rules on types the format of their values and how a connector converts them.

    It is said for each source of its own values, where many rows or a large part of the table break
    the rule, and names all columns of the table that are written in the same way. `in_files` are
    the sources whose cells are read from CSV files: a setting says how those are written.
    """
    for finding in findings:
        if finding.rule.name == IN_REPORTING_CURRENCY and not finding.is_met:
            finding.hint = (
                "; they count in the reporting currency: enter theirs, or set currency in "
                "extract_formats of the source"
            )
    alike: dict[tuple[str, str, str], list[tuple[Finding, str]]] = {}
    for finding in findings:
        for source in dict.fromkeys(finding.sources):
            of_source = finding.of_source(source)
            values = [value for value in dict.fromkeys(of_source.values) if value is not None]
            look = look_of(finding.rule.name, values[:SAMPLE]) if values else None
            if look:
                convert = look.convert.format(finding.rule.column, values[0].replace("'", "''"))
                key = (finding.table, source, look.name)
                alike.setdefault(key, []).append((finding, convert))
    for (_, source, look_name), group in alike.items():
        for finding, convert in group:
            count = finding.sources.count(source)
            if count < ENOUGH and count <= LARGE_SHARE * finding.row_count:
                continue
            others = [other.rule.column for other, _ in group if other is not finding]
            columns = [finding.rule.column, *dict.fromkeys(others)]
            names = ", ".join(columns[:-1]) + " and " + columns[-1] if columns[1:] else "they"
            setting = setting_of(look_name, convert) if source in in_files else ""
            seed = Path("seeds", "reference", f"{source}_platforms.csv")
            how = (
                f"set {setting} for their platform in {seed.as_posix()}, if most are"
                if setting and (ROOT / seed).is_file()
                else f"set extract_formats: {{{source}: {{{setting}}}}} if most are; or convert "
                f"them in the connector, e.g. {convert}"
                if setting
                else f"convert them in the connector, e.g. {convert}"
                if convert
                else "have them exported in one way"
            )
            finding.advice[source] = f"; {names} look like {look_name}: {how}"


def setting_of(look_name: str, convert: str) -> str:
    """Return what `extract_formats` says of values that look so; empty if it cannot say it."""
    if written := re.search(r"strptime\(.*, '([^']+)'\)", convert):
        # A clock of twelve hours is not read.
        day = re.sub(r" %H:.*", "", written[1])
        for mark, word in {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%b": "Mon"}.items():
            day = day.replace(mark, word)
        return "" if "%" in day else f"date_format: {day}"
    return 'decimal_mark: ","' if "decimal comma" in look_name and " or " not in look_name else ""
