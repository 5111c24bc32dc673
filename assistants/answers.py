"""Answer the questions of an assistant from the published file.

Each answer is a dictionary with a `status`: `answered`, or why not. SQL is written here and nowhere
else: the names in it are codes of the catalogue, and values are bound.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, Literal

from assistants import periods
from assistants.catalogue import GRAINS, folded
from assistants.published import MOST_ROWS, Queries
from assistants.words import NULL_REASONS, PROVISIONAL, UNITS, NotAnsweredError, message, said

Answer = dict[str, Any]
Order = Literal["segment", "highest", "lowest"]
# SQL for the order of rows, before what makes it unambiguous.
ORDERS = {
    "segment": "period_start",
    "highest": "period_start, value desc nulls last",
    "lowest": "period_start, value asc nulls last",
}


def plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value as JSON has it: numbers for decimals, ISO texts for days and moments."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def answered(asked: Queries, **more: Any) -> Answer:  # noqa: ANN401
    """Return an answer, with the publication that it is from."""
    publication = asked.catalogue.publication
    return plain(
        {
            "status": "answered",
            **more,
            "reporting_date": publication["reporting_date"],
            "published_at": publication["published_at"],
        }
    )


def list_kpis(asked: Queries, search: str | None = None, team: str | None = None) -> Answer:
    """Return the KPIs whose names or meaning have all words of `search`, of one team or of all."""
    catalogue, language = asked.catalogue, asked.language
    words = set(folded(search or "").split())
    found = []
    for kpi, row in catalogue.kpis.items():
        texts = [row["description_en"], row["description_fr"], row["area"], *catalogue.names[kpi]]
        known = " ".join(folded(text or "") for text in texts)
        if all(word in known for word in words) and (
            team is None or folded(team) == folded(row["team"])
        ):
            found.append(catalogue.in_short(kpi, language))
    if not found and search:
        catalogue.kpi(search, language)
    teams = sorted({row["team"] for row in catalogue.kpis.values()})
    return answered(asked, kpis=found, kpi_count=len(found), teams=teams)


def explain_kpi(asked: Queries, kpi: str) -> Answer:
    """Return all that the catalogue says of a KPI."""
    catalogue, language = asked.catalogue, asked.language
    code = catalogue.kpi(kpi, language)
    row = catalogue.kpis[code]
    combined = catalogue.cuts[code]
    targets = asked.rows(
        "select variant, period_grain, valid_from, dimension, segment, target, watch_level, note "
        "from kpis.kpi_targets where kpi = ? "
        "order by variant, period_grain, valid_from, dimension, segment",
        [code],
    )
    [trust] = asked.rows("from kpis.kpi_trust where kpi = ?", [code]) or [{}]
    return answered(
        asked,
        kpi=code,
        name=row[f"name_{language}"],
        meaning=row[f"description_{language}"],
        area=row["area"],
        team=row["team"],
        lead_or_lag=row["lead_or_lag"],
        other_names=sorted(catalogue.names[code]),
        default_variant=row["default_variant"],
        variants=[
            catalogue.variant_in_short(code, variant, language)
            for variant in catalogue.variants[code]
        ],
        cuts=[
            {
                **cut,
                "can_be_combined": cut["cut"] in combined,
                "means": combined.get(cut["cut"], {}).get(f"means_{language}"),
            }
            for cut in catalogue.cuts_in_short(catalogue.dimensions[code], language)
        ],
        targets=targets,
        null_reasons={reason: said(pair, language) for reason, pair in NULL_REASONS.items()},
        late_tables=trust.get("stale_tables"),
        rejected_share=trust.get("rejected_share"),
    )


def about(asked: Queries, code: str, variant: str) -> dict[str, Any]:
    """Return what every answer says of the figure that it is about."""
    catalogue, language = asked.catalogue, asked.language
    row = catalogue.variants[code][variant]
    is_amount = row["unit"] == "amount"
    return {
        "kpi": code,
        "name": catalogue.kpis[code][f"name_{language}"],
        "variant": variant,
        "variant_label": row[f"label_{language}"],
        "variant_is_default": row["is_default"],
        "formula": row[f"formula_{language}"],
        "unit": row["unit"],
        "unit_means": said(UNITS[row["unit"]], language),
        "currency": catalogue.publication["reporting_currency"] if is_amount else None,
        "direction": row["direction"],
    }


def marks(asked: Queries, row: dict[str, Any]) -> dict[str, Any]:
    """Return the marks of a figure: whether it is provisional, and why it has no value."""
    reason = row.get("null_reason")
    return {
        "is_provisional": row["is_provisional"],
        "provisional_means": said(PROVISIONAL, asked.language) if row["is_provisional"] else None,
        "null_reason": reason,
        "null_reason_means": said(NULL_REASONS[reason], asked.language) if reason else None,
    }


def segments_of(asked: Queries, cuts: list[str], segments: list[str]) -> list[dict[str, Any]]:
    """Return the cuts and segments of a row with their names."""
    catalogue, place = asked.catalogue, asked.language == "fr"
    return [
        {
            "cut": cut,
            "segment": segment,
            "name": (catalogue.segments[cut].get(segment) or (segment, segment))[place],
        }
        for cut, segment in zip(cuts, segments, strict=True)
    ]


def kpi_value(
    asked: Queries,
    kpi: str,
    variant: str | None = None,
    grain: str | None = None,
    period: str = "latest whole",
    cuts: list[str] | None = None,
    filters: dict[str, list[str]] | None = None,
    order: Order = "segment",
    limit: int = 100,
) -> Answer:
    """Return the values of a KPI, by any cuts and of the segments that `filters` names."""
    catalogue, language = asked.catalogue, asked.language
    code = catalogue.kpi(kpi, language)
    variant = catalogue.variant(code, variant, language)
    wanted = periods.asked_for(catalogue, code, variant, grain, period, language)
    names = [*(cuts or []), *(filters or {})]
    own = [catalogue.cut(code, name, language) for name in names]
    if len(set(own)) > 1:
        own = [catalogue.cut(code, name, language, list(catalogue.cuts[code])) for name in names]
    chosen = list(dict.fromkeys(own))
    kept = {
        cut: [catalogue.segment(cut, segment, language) for segment in segments]
        for cut, segments in zip(
            own[len(cuts or []) :], (filters or {}).values(), strict=True
        )
    }  # fmt: skip
    values: list[Any] = [variant, wanted[0]["period_grain"]]
    values.append([one["period_start"] for one in wanted])
    conditions = ["variant = ?", "period_grain = ?", "list_contains(?, period_start)"]
    if len(chosen) > 1:
        relation = f"kpis.kpi_{code}_by([{', '.join(repr(cut) for cut in chosen)}])"
        segments = "segments"
    else:
        relation, segments = f"kpis.kpi_{code}", "[segment]"
        conditions.append("dimension = ?")
        values.append(chosen[0] if chosen else "all")
    for cut, some in kept.items():
        if not some:
            continue
        conditions.append(f"list_contains(?, {segments}[{chosen.index(cut) + 1}])")
        values.append(some)
    limit = max(1, min(limit, MOST_ROWS))
    found = asked.rows(
        f"select period_grain, period_start, period_end, {segments} as segments, numerator, "
        "denominator, value, is_provisional, null_reason, "
        "cast(count(*) over () as integer) as row_count "
        f"from {relation} where {' and '.join(conditions)} "
        f"order by {ORDERS[order]}, {segments} limit ?",
        [*values, limit],
    )
    facts = about(asked, code, variant)
    shown = [
        {key: one[key] for key in ("period_grain", "period_start", "period_end")} for one in wanted
    ]
    if not found:
        raise NotAnsweredError(
            "no_rows", message("no_rows", language), **plain({**facts, "periods": shown[:24]})
        )
    targets = {}
    if len(chosen) <= 1:
        targets = {
            (row["period_start"], row["segment"]): row["target"]
            for row in asked.rows(
                "select period_start, segment, target from kpis.kpi_period_targets "
                "where kpi = ? and variant = ? and period_grain = ? and dimension = ?",
                [code, variant, wanted[0]["period_grain"], chosen[0] if chosen else "all"],
            )
        }
    return answered(
        asked,
        **facts,
        cuts=chosen,
        rows=[
            {
                "period_grain": row["period_grain"],
                "period_start": row["period_start"],
                "period_end": row["period_end"],
                "segments": segments_of(asked, chosen, row["segments"]) if chosen else [],
                "numerator": row["numerator"],
                "denominator": row["denominator"],
                "value": row["value"],
                "target": targets.get((row["period_start"], row["segments"][0])),
                **marks(asked, row),
            }
            for row in found
        ],
        row_count=found[0]["row_count"],
        is_cut_off=found[0]["row_count"] > len(found),
    )


def one_period(
    asked: Queries, code: str, variant: str, grain: str | None, period: str
) -> dict[str, Any]:
    """Return the one period that is asked for."""
    found = periods.asked_for(asked.catalogue, code, variant, grain, period, asked.language)
    if len(found) > 1:
        said_so = message("one_period", asked.language, asked=f"« {period[:80]} »")
        near = [{"period": str(one["period_start"])} for one in found[:24]]
        raise NotAnsweredError("not_defined", said_so, nearest=near)
    return {key: found[0][key] for key in ("period_grain", "period_start", "period_end")}


def kpi_drivers(
    asked: Queries,
    kpi: str,
    variant: str | None = None,
    grain: str | None = None,
    period: str = "latest whole",
    comparison: Literal["previous_period", "previous_year"] = "previous_period",
    cut: str | None = None,
    limit: int = 20,
) -> Answer:
    """Return which segments of a cut moved a KPI, the largest parts first."""
    catalogue, language = asked.catalogue, asked.language
    code = catalogue.kpi(kpi, language)
    variant = catalogue.variant(code, variant, language)
    when = one_period(asked, code, variant, grain, period)
    asked_cut = catalogue.cut(code, cut, language) if cut else None
    found = asked.rows(
        "select dimension, segment, compared_start, numerator, denominator, value, "
        "compared_numerator, compared_denominator, compared_value, own_rate_part, mix_part, "
        "change_part, total_value, total_compared_value, total_change, is_provisional "
        "from kpis.kpi_drivers where kpi = ? and variant = ? and period_grain = ? "
        "and period_start = ? and comparison = ? order by abs(change_part) desc, segment",
        [code, variant, when["period_grain"], when["period_start"], comparison],
    )
    known = [one for one in catalogue.dimensions[code] if any(one == r["dimension"] for r in found)]
    facts = {**about(asked, code, variant), **when, "comparison": comparison}
    chosen = asked_cut or (known[0] if known else None)
    parts = [row for row in found if row["dimension"] == chosen]
    if not parts:
        near = catalogue.cuts_in_short(known, language)
        told = message("no_drivers", language)
        raise NotAnsweredError("no_rows", told, **plain({**facts, "nearest": near}))
    first = parts[0]
    return answered(
        asked,
        **facts,
        cut=chosen,
        other_cuts=[one for one in known if one != chosen],
        compared_start=first["compared_start"],
        total_value=first["total_value"],
        total_compared_value=first["total_compared_value"],
        total_change=first["total_change"],
        is_provisional=first["is_provisional"],
        provisional_means=marks(asked, first)["provisional_means"],
        rows=[
            {
                **segments_of(asked, [chosen], [row["segment"]])[0],
                **{
                    key: row[key]
                    for key in (
                        "value", "compared_value", "numerator", "denominator",
                        "compared_numerator", "compared_denominator", "own_rate_part",
                        "mix_part", "change_part",
                    )
                },
            }
            for row in parts[: max(1, min(limit, MOST_ROWS))]
        ],
        row_count=len(parts),
        is_cut_off=len(parts) > limit,
    )  # fmt: skip


def rows_behind(
    asked: Queries,
    kpi: str,
    variant: str | None = None,
    part: Literal["numerator", "denominator"] = "numerator",
    grain: str | None = None,
    period: str = "latest whole",
    cut: str | None = None,
    segment: str | None = None,
    limit: int = 20,
) -> Answer:
    """Return the records that a figure is made of, those that add most first."""
    catalogue, language = asked.catalogue, asked.language
    code = catalogue.kpi(kpi, language)
    variant = catalogue.variant(code, variant, language)
    when = one_period(asked, code, variant, grain, period)
    dimension = catalogue.cut(code, cut, language) if cut else "all"
    if dimension != "all" and segment is not None:
        segment = catalogue.segment(dimension, segment, language)
    elif dimension == "all":
        segment = "all"
    facts = {**about(asked, code, variant), **when, "part": part, "cut": dimension}
    listed = asked.rows(
        "from kpis.kpi_rows_of where kpi = ? and variant = ? and part = ? order by row_place",
        [code, variant, part],
    )
    own = [row for row in listed if row["dimension"] == dimension] or [
        row for row in listed if row["dimension"] is None
    ]
    if not any(row["aggregate"] for row in own):
        why = next((row[f"why_no_rows_{language}"] for row in own), None)
        told = why or message("no_rows", language)
        raise NotAnsweredError("no_rows", told, **plain({**facts, "segment": segment}))
    limit = max(1, min(limit, MOST_ROWS))
    found = asked.rows(
        "select segment, record_type, record_id, record_name, company_name, owner_name, team, "
        "record_date, record_amount, record_stage, part_value, record_url, "
        "cast(count(*) over () as integer) as row_count, sum(part_value) over () as part_total "
        f"from kpis.rows_of_{code}(?, ?, ?, ?, ?, ?) "
        "order by abs(part_value) desc, record_type, record_id, record_date, segment limit ?",
        [variant, part, when["period_grain"], when["period_start"], dimension, segment, limit],
    )
    figures = asked.rows(
        f"select segment, {part} as part_of_figure, value, is_provisional, null_reason "
        f"from kpis.kpi_{code} where variant = ? and period_grain = ? and period_start = ? "
        "and dimension = ? and (? is null or segment = ?) order by segment",
        [variant, when["period_grain"], when["period_start"], dimension, segment, segment],
    )
    one = figures[0] if len(figures) == 1 else None
    return answered(
        asked,
        **facts,
        segment=segment,
        figure=one["part_of_figure"] if one else None,
        value=one["value"] if one else None,
        is_provisional=any(row["is_provisional"] for row in figures),
        null_reason=one["null_reason"] if one else None,
        null_reason_means=marks(asked, one)["null_reason_means"] if one else None,
        part_total=found[0]["part_total"] if found else 0,
        rows=[
            {key: value for key, value in row.items() if key not in ("row_count", "part_total")}
            for row in found
        ],
        row_count=found[0]["row_count"] if found else 0,
        is_cut_off=bool(found) and found[0]["row_count"] > len(found),
    )


def what_changed(asked: Queries, kpi: str | None = None, limit: int = 20) -> Answer:
    """Return what changed of one KPI or of all: since the periods before, and as published."""
    catalogue, language = asked.catalogue, asked.language
    code = catalogue.kpi(kpi, language) if kpi else None
    limit = max(1, min(limit, MOST_ROWS))
    of_one = "where (? is null or kpi = ?)"
    alerts = asked.rows(
        f"select kpi, variant, kind, period_grain, period_start, period_end, value_before, value, "
        f"target, status_before, status, message_{language} as message from kpis.alerts {of_one} "
        "order by place limit ?",
        [code, code, limit],
    )
    restated = asked.rows(
        "select kpi, variant, period_grain, period_start, period_end, dimension, segment, change, "
        "value_before, value, null_reason_before, null_reason, published_at, changed_inputs, "
        f"cast(count(*) over () as integer) as row_count from kpis.kpi_restatements {of_one} "
        "order by published_at desc, is_default_variant desc, dimension != 'all', kpi, variant, "
        "period_grain, period_start desc, dimension, segment limit ?",
        [code, code, limit],
    )
    count = restated[0].pop("row_count") if restated else 0
    for row in restated[1:]:
        row.pop("row_count")
    latest = []
    if code:
        latest = [
            {**row, **marks(asked, row)}
            for row in asked.rows(
                "select variant, period_grain, period_start, period_end, value, previous_value, "
                "change, previous_year_value, change_year, target, status, trend, is_provisional, "
                "null_reason from kpis.scorecard where kpi = ?",
                [code],
            )
        ]
        latest.sort(key=lambda row: (GRAINS.index(row["period_grain"]), row["variant"]))
    facts = about(asked, code, catalogue.kpis[code]["default_variant"]) if code else {}
    return answered(
        asked,
        **facts,
        latest_whole_periods=latest,
        alerts=alerts,
        restated_values=restated,
        restated_count=count,
        is_cut_off=count > len(restated),
    )


def as_of(asked: Queries) -> Answer:
    """Return how far the figures go, when they were published, and which tables are late."""
    catalogue = asked.catalogue
    late = asked.rows(
        "select kpi, stale_tables, complete_until from kpis.kpi_trust "
        "where stale_tables is not null order by kpi"
    )
    publication = catalogue.publication
    return answered(
        asked,
        currency=publication["reporting_currency"],
        time_zone=publication["reporting_time_zone"],
        fiscal_year_start_month=publication["fiscal_year_start_month"],
        week_starts_on=publication["week_starts_on"],
        latest_whole_periods=[
            {key: one[key] for key in ("period_grain", "period_start", "period_end")}
            for one in catalogue.periods
            if one["is_latest_whole"]
        ],
        kpis_with_late_tables=late,
    )
