"""The demo company's CRM as three tools deliver HubSpot's: dlt, Fivetran, and exports by hand."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from generator.shapes.company import Rows, company
from generator.shapes.hubspot_portal import (
    KEPT,
    PORTAL_ZONE,
    UNKNOWN_DEAL,
    kept_of,
    portal,
    survivors,
    text_of,
)

SHAPES = ("dlt", "fivetran", "csv")
"""dlt's DuckDB file, Fivetran's tables as Parquet, and the CSV files that people export."""

FIRST_LOAD_ENDS = "2025-07-01"
"""dlt appends history: the second load brings again what the first one had brought."""

STAGE_LABELS = {
    "subscriber": "Subscriber",
    "lead": "Lead",
    "marketingqualifiedlead": "Marketing Qualified Lead",
    "salesqualifiedlead": "Sales Qualified Lead",
    "opportunity": "Opportunity",
    "customer": "Customer",
    "evangelist": "Evangelist",
    "other": "Other",
}
SOURCE_LABELS = {
    "ORGANIC_SEARCH": "Organic Search",
    "PAID_SEARCH": "Paid Search",
    "EMAIL_MARKETING": "Email Marketing",
    "SOCIAL_MEDIA": "Organic Social",
    "REFERRALS": "Referrals",
    "DIRECT_TRAFFIC": "Direct Traffic",
    "OFFLINE": "Offline Sources",
    "PAID_SOCIAL": "Paid Social",
    "AI_REFERRALS": "AI Referrals",
}
DEAL_TYPE_LABELS = {"newbusiness": "New Business", "existingbusiness": "Existing Business"}

TYPES = {
    "double": "amount numberofemployees hubspotscore hs_object_id hs_parent_company_id"
    " associatedcompanyid hs_primary_associated_company hs_quote_amount",
    "timestamptz": "createdate closedate hs_lastmodifieddate lastmodifieddate hs_createdate"
    " created_at updated_at timestamp inserted_at property_createdate property_closedate"
    " _fivetran_synced date_entered _fivetran_start property_hs_timestamp property_hs_createdate",
    "boolean": "is_deleted archived primary renewal_expected _fivetran_deleted _fivetran_active"
    " active is_closed closed_won is_team_primary",
    "bigint": "display_order _dlt_list_idx updated_by_user_id user_id user_id_including_inactive"
    " status",
}
"""Columns that are not text, by type."""

TYPE_OF = {column: kind for kind, columns in TYPES.items() for column in columns.split()}


def write(folder: Path, shape: str) -> None:
    """Write the demo company into a folder in one of `SHAPES`."""
    tables = {"dlt": _dlt_tables, "fivetran": _fivetran_tables, "csv": _exports}[shape]()
    if shape == "csv":
        for name, rows in tables.items():
            _write_csv(folder / f"{name}.csv", rows, csv.QUOTE_MINIMAL)
        return
    with TemporaryDirectory() as parts, duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        if shape == "dlt":
            (folder / "hubspot.duckdb").unlink(missing_ok=True)
            con.execute(f"attach '{folder / 'hubspot.duckdb'}' as made")
            # dlt leaves the tables that it merges from beside the data.
            con.execute("create schema made.hubspot_data; create schema made.hubspot_data_staging")
        for name, rows in tables.items():
            part = Path(parts) / f"{name}.csv"
            _write_csv(part, rows, csv.QUOTE_ALL)
            loaded = _reader(part, rows, "timestamptz" if shape == "dlt" else "timestamp")
            if shape == "dlt":
                con.execute(f"create table made.hubspot_data.{name} as {loaded}")
                con.execute(f"create table made.hubspot_data_staging.{name} as {loaded} limit 0")
            else:
                con.execute(f"copy ({loaded}) to '{folder / name}.parquet'")


NOTHING = "\\N"
"""A null in the files that DuckDB reads; an empty text is a value there."""


def _columns(rows: Rows) -> list[str]:
    """Return the columns that have a value somewhere: loaders create no other."""
    return list(
        dict.fromkeys(name for row in rows for name, value in row.items() if value is not None)
    )


def _write_csv(path: Path, rows: Rows, quoting: int) -> None:
    empty = NOTHING if quoting == csv.QUOTE_ALL else ""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n", quoting=quoting)
        names = _columns(rows)
        writer.writerow(names)
        for row in rows:
            writer.writerow([empty if row.get(name) is None else row[name] for name in names])


def _reader(path: Path, rows: Rows, moment_type: str) -> str:
    """Return SQL that reads a file with the types that the loader gives the columns."""
    types = {name: _type(name, moment_type) for name in _columns(rows)}
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    return (
        f"select * from read_csv('{path}', header = true, columns = {{{columns}}}, "
        f"delim = ',', quote = '\"', escape = '\"', nullstr = '{NOTHING}')"
    )


def _type(name: str, moment_type: str) -> str:
    kind = TYPE_OF.get(name, "varchar")
    if moment_type == "timestamp":
        is_id = name in FIVETRAN_IDS
        kind = "bigint" if is_id else TYPE_OF.get(name.removeprefix("property_"), kind)
    return moment_type if kind == "timestamptz" else kind


# -- dlt -------------------------------------------------------------------------------------------

LOADS = ("1751328000.104211", "1767225600.332511")


def _key(*parts: str) -> str:
    """Return a row's key as dlt writes it: fourteen characters that mean nothing."""
    return base64.b64encode(hashlib.sha1("/".join(parts).encode()).digest()[:10]).decode()[:14]


def _dlt_tables() -> dict[str, Rows]:
    made = portal()
    tables: dict[str, Rows] = {"_dlt_loads": [{"load_id": load, "status": "0"} for load in LOADS]}
    for name in ("companies", "contacts", "deals", "quotes"):
        tables[name] = [_dlt_row(name, row) for row in getattr(made, name)]
    tables["owners"] = [
        _dlt_row("owners", row | {"is_deleted": "true" if row["archived"] == "true" else None})
        for row in made.owners
    ]
    children = {
        "owners__teams": [
            (r["owner_id"], {k: r[k] for k in ("id", "name", "primary")}) for r in made.teams
        ],
        "companies__contacts": [
            (b, {"value": b, "contacts_id": a}) for a, b in made.contact_companies
        ],
        "companies__deals": [(b, {"value": b, "deals_id": a}) for a, b in made.deal_companies],
        "contacts__deals": [(b, {"value": b, "deals_id": a}) for a, b in made.deal_contacts],
        "pipelines_deals__stages": [(row["pipeline_id"], _dlt_stage(row)) for row in made.stages],
    }
    for name, rows in children.items():
        tables[name] = _nested(name, rows)
    pipelines = {row["pipeline_id"]: row for row in made.stages}
    tables["pipelines_deals"] = [
        _dlt_row(
            "pipelines_deals",
            {"label": row["pipeline_label"], "display_order": str(place), "id": id_}
            | {"archived": "true" if id_ == "legacy" else "false"},
        )
        for place, (id_, row) in enumerate(pipelines.items())
    ]
    for name, rows in (("deals", made.deal_history), ("contacts", made.contact_history)):
        tables[f"{name}_property_history"] = list(_appended(rows, KEPT[name]))
    return tables


def _dlt_row(table: str, row: dict[str, str | None]) -> dict[str, str | None]:
    return row | {"_dlt_load_id": LOADS[1], "_dlt_id": _key(table, row["id"] or "")}


def _dlt_stage(row: dict[str, str | None]) -> dict[str, str | None]:
    return {
        "label": row["label"],
        "display_order": row["display_order"],
        "id": row["id"],
        "archived": row["archived"],
        "write_permissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "metadata__is_closed": row["is_closed"],
        "metadata__probability": row["probability"],
    }


def _nested(table: str, rows: Iterable[tuple[str | None, dict[str, str | None]]]) -> Rows:
    """Return the rows of a list that lies in another table's rows."""
    made, places = [], defaultdict(int)
    for parent, row in rows:
        key = _key(table.partition("__")[0], parent or "")
        place = places[parent]
        places[parent] += 1
        made.append(
            row
            | {"_dlt_root_id": key, "_dlt_parent_id": key, "_dlt_list_idx": str(place)}
            | {"_dlt_id": _key(table, parent or "", str(place))}
        )
    return made


def _appended(changes: Rows, most: int) -> Iterable[dict[str, str | None]]:
    """Yield a history load after load, the newest change first, as the API lists it.

    The API showed each load what HubSpot kept until then.
    """
    first = [row for row in changes if (row["timestamp"] or "") < FIRST_LOAD_ENDS]
    for load, made in zip(LOADS, (first, changes), strict=True):
        shown = kept_of(made, most)
        for row in sorted(shown, key=lambda row: row["timestamp"] or "", reverse=True):
            keys = [load, *(str(value) for value in row.values())]
            yield row | {"source_type": "CRM_UI", "_dlt_load_id": load, "_dlt_id": _key(*keys)}


# -- Fivetran --------------------------------------------------------------------------------------

SYNCED = "2026-01-01 03:15:52"
FIVETRAN_IDS = {"deal_id", "contact_id", "company_id", "owner_id", "engagement_id", "team_id"}
FIVETRAN_IDS |= {"merged_deal_id", "vid_to_merge", "canonical_vid", "property_hubspot_owner_id"}
FIVETRAN_IDS |= {"property_associatedcompanyid", "property_hs_parent_company_id", "type_id"}


def _fivetran_tables() -> dict[str, Rows]:
    made = portal()
    deal_history = kept_of(made.deal_history, KEPT["deals"])
    main_company = {row["hs_object_id"]: row["associatedcompanyid"] for row in company()["deals"]}
    tables: dict[str, Rows] = {
        "company": [_prefixed(row, "is_deleted") for row in made.companies],
        # The merges of contacts and deals have tables of their own.
        "contact": [
            _prefixed(row | {"hs_merged_object_ids": None}, "_fivetran_deleted")
            for row in made.contacts
        ],
        "deal": [
            {
                "deal_id": row["id"],
                "is_deleted": row["is_deleted"],
                "deal_pipeline_id": row["pipeline"],
                "deal_pipeline_stage_id": row["dealstage"],
                "owner_id": row["hubspot_owner_id"],
                "portal_id": "4727653",
            }
            | {
                f"property_{name}": row[name]
                for name in (
                    "dealname",
                    "amount",
                    "deal_currency_code",
                    "closedate",
                    "createdate",
                    "dealtype",
                    "plan",
                    "closed_lost_reason",
                    "hs_manual_forecast_category",
                )
            }
            for row in made.deals
        ],
        "owner": [
            {
                "owner_id": row["id"],
                "email": row["email"],
                "first_name": row["first_name"],
                "last_name": row["last_name"],
                "active_user_id": row["user_id"],
                "created_at": row["created_at"],
                "type": row["type"],
            }
            for row in made.owners
        ],
        "team": [
            {"id": id_, "name": name}
            for id_, name in dict.fromkeys((row["id"], row["name"]) for row in made.teams)
        ],
        "owner_team": [
            {"owner_id": row["owner_id"], "team_id": row["id"], "is_team_primary": row["primary"]}
            for row in made.teams
        ],
        "deal_pipeline": [
            {"pipeline_id": id_, "label": label, "active": "false" if id_ == "legacy" else "true"}
            for id_, label in dict.fromkeys(
                (r["pipeline_id"], r["pipeline_label"]) for r in made.stages
            )
        ],
        "deal_pipeline_stage": [
            {
                "stage_id": row["id"],
                "pipeline_id": row["pipeline_id"],
                "label": row["label"],
                "display_order": row["display_order"],
                "probability": row["probability"],
                "is_closed": row["is_closed"],
                "closed_won": row["is_won"],
                "active": "false" if row["archived"] == "true" else "true",
            }
            for row in made.stages
        ],
        # Every link again under a label of the account's own.
        "deal_company": [
            {"deal_id": deal, "company_id": other, "type_id": type_, "category": "HUBSPOT_DEFINED"}
            for deal, other in dict.fromkeys(made.deal_companies)
            for type_ in (["5", "341"] if main_company[deal] == other else ["341"])
        ],
        "deal_contact": [
            {"deal_id": deal, "contact_id": other, "type_id": "3", "category": "HUBSPOT_DEFINED"}
            for deal, other in dict.fromkeys(made.deal_contacts)
        ]
        + [
            {"deal_id": deal, "contact_id": other, "type_id": "29", "category": "USER_DEFINED"}
            for deal, other in made.deal_contacts[::50]
        ],
        "merged_deal": [
            {"deal_id": survivor, "merged_deal_id": loser}
            for survivor, losers in survivors("deals").items()
            for loser in losers
        ],
        "contact_merge_audit": [
            {"canonical_vid": survivor, "contact_id": survivor, "vid_to_merge": loser}
            for survivor, losers in survivors("contacts").items()
            for loser in losers
        ],
        # The stages of deals have a table of their own; other properties share one.
        "deal_stage": [
            {"deal_id": row["object_id"], "value": row["value"], "date_entered": row["timestamp"]}
            | {"_fivetran_start": row["timestamp"]}
            for row in deal_history
            if row["property_name"] == "dealstage"
        ],
        "deal_property_history": [
            _fivetran_change(row, "deal_id")
            for row in deal_history
            if row["property_name"] != "dealstage"
        ],
        "contact_property_history": [
            _fivetran_change(row, "contact_id")
            for row in kept_of(made.contact_history, KEPT["contacts"])
        ],
        "engagement": [{"id": row["id"], "type": row["type"]} for row in made.engagements],
    }
    for kind in ("CALL", "EMAIL", "MEETING", "NOTE"):
        tables[f"engagement_{kind.lower()}"] = [
            {
                "engagement_id": row["id"],
                "_fivetran_deleted": "false",
                "property_hs_timestamp": row["hs_timestamp"],
                "property_hubspot_owner_id": row["hubspot_owner_id"],
            }
            for row in made.engagements
            if row["type"] == kind
        ]
    for thing in ("contact", "deal"):
        tables[f"engagement_{thing}"] = [
            {f"{thing}_id": row[f"{thing}_id"], "engagement_id": row["id"], "type_id": "194"}
            for row in made.engagements
            if row[f"{thing}_id"]
        ]
    return {
        name: [row | {"_fivetran_synced": SYNCED} for row in rows] for name, rows in tables.items()
    }


def _prefixed(row: dict[str, str | None], deleted: str) -> dict[str, str | None]:
    """Return a record with its properties under Fivetran's prefix."""
    properties = {
        f"property_{name}": value
        for name, value in row.items()
        if name not in ("id", "is_deleted", "hs_object_id")
    }
    return {"id": row["id"], deleted: row["is_deleted"]} | properties


def _fivetran_change(row: dict[str, str | None], id_: str) -> dict[str, str | None]:
    return {
        id_: row["object_id"],
        "timestamp": row["timestamp"],
        "name": row["property_name"],
        "value": row["value"],
        "source": "CONTACTS",
    }


# -- exports by hand -------------------------------------------------------------------------------


def _exports() -> dict[str, Rows]:
    made = portal()
    losers = {
        row["hs_object_id"]
        for table in ("companies", "contacts", "deals")
        for row in company()[table]
        if row["merged_into_id"]
    }
    gone = losers | {
        row["id"]
        for row in (*made.companies, *made.contacts, *made.deals)
        if row["is_deleted"] == "true"
    }
    names = {row["id"]: f"{row['first_name']} {row['last_name']}" for row in made.owners}
    teams = {row["id"]: row["team"] for row in company()["owners"]}
    pipelines = {row["pipeline_id"]: row["pipeline_label"] for row in made.stages}
    labels = {row["id"]: row["label"] for row in made.stages}
    contact_companies = _lists(made.contact_companies, gone)
    deal_companies = _lists(made.deal_companies, gone)
    deal_contacts = _lists(made.deal_contacts, gone)
    heirs = _heirs("companies")
    tables: dict[str, Rows] = {
        "companies": [
            {
                "Record ID": row["id"],
                "Company name": row["name"],
                "Company Domain Name": row["domain"],
                "Industry": row["industry"],
                "Country/Region": row["country"],
                "Number of Employees": row["numberofemployees"],
                "Company owner": names.get(row["hubspot_owner_id"]),
                "Parent Company ID": row["hs_parent_company_id"],
                "Create Date": local_minute(row["createdate"]),
            }
            for row in made.companies
            if row["id"] not in gone
        ],
        "contacts": [
            {
                "Record ID": row["id"],
                "Country/Region": row["country"],
                "Contact owner": names.get(row["hubspot_owner_id"]),
                "Lifecycle Stage": STAGE_LABELS[row["lifecyclestage"] or "lead"],
                "HubSpot Score": row["hubspotscore"],
                "Original Source": SOURCE_LABELS.get(
                    row["hs_analytics_source"] or "", row["hs_analytics_source"]
                ),
                "UTM Campaign": row["utm_campaign"],
                "Create Date": local_minute(row["createdate"]),
                "Associated Company IDs (Primary)": heirs.get(
                    row["associatedcompanyid"], row["associatedcompanyid"]
                ),
                "Associated Company IDs": contact_companies.get(row["id"]),
            }
            for row in made.contacts
            if row["id"] not in gone
        ],
        "deals": [
            {
                "Record ID": row["id"],
                "Deal Name": row["dealname"],
                "Pipeline": pipelines[row["pipeline"]],
                "Deal Stage": labels[row["dealstage"]],
                "Amount": row["amount"],
                "Currency": row["deal_currency_code"],
                "Deal owner": names.get(row["hubspot_owner_id"]),
                "HubSpot Team": teams.get(row["hubspot_owner_id"]),
                "Deal Type": DEAL_TYPE_LABELS.get(row["dealtype"] or ""),
                "Manual forecast category": row["hs_manual_forecast_category"],
                "Closed Lost Reason": row["closed_lost_reason"],
                "Plan": row["plan"],
                "Create Date": local_minute(row["createdate"]),
                "Close Date": local_minute(row["closedate"]),
                "Associated Company IDs (Primary)": heirs.get(
                    row["hs_primary_associated_company"], row["hs_primary_associated_company"]
                ),
                "Associated Company IDs": deal_companies.get(row["id"]),
                "Associated Contact IDs": deal_contacts.get(row["id"]),
            }
            for row in made.deals
            if row["id"] not in gone
        ],
    }
    histories = {
        "deal_stage_history": ("dealstage", lambda value: labels[value]),
        "deal_amount_history": ("amount", str),
        "deal_close_date_history": ("closedate", _exported_day),
        "deal_owner_history": ("hubspot_owner_id", lambda value: names[value]),
        "contact_lifecycle_history": ("lifecyclestage", lambda value: STAGE_LABELS.get(value, "")),
    }
    kept = {
        "deal": kept_of(made.deal_history, KEPT["deals"]),
        "contact": kept_of(made.contact_history, KEPT["contacts"]),
    }
    for name, (property_name, shown) in histories.items():
        tables[name] = [
            {
                "Record ID": row["object_id"],
                "Property value": shown(row["value"]),
                "Changed at": local_minute(row["timestamp"]),
            }
            for row in kept[name.partition("_")[0]]
            # A record that is gone is in no export.
            if row["property_name"] == property_name
            and row["object_id"] not in gone | {UNKNOWN_DEAL}
        ]
    return tables


def _exported_day(value: str | None) -> str:
    """Return a close date of the history as an export shows it."""
    if not value or not value.isdigit():
        return local_minute(value) or ""
    return local_minute(text_of(datetime.fromtimestamp(int(value) / 1000, UTC))) or ""


def _heirs(table: str) -> dict[str | None, str]:
    """Return the record in which each one that was merged goes on."""
    merged = survivors(table)
    losers = {loser for each in merged.values() for loser in each}
    return {
        loser: survivor
        for survivor, each in merged.items()
        if survivor not in losers
        for loser in each
    }


def _lists(pairs: list[tuple[str, str]], gone: set[str | None]) -> dict[str | None, str]:
    """Return the ids that an export lists beside each record, of what is still there."""
    heirs = _heirs("companies") | _heirs("contacts")
    listed = defaultdict(list)
    for own, other in pairs:
        if heirs.get(other, other) not in gone:
            listed[own].append(heirs.get(other, other))
    return {own: ";".join(others) for own, others in listed.items()}


def local_minute(text: str | None) -> str | None:
    """Return a moment of the API as an export shows it: to the minute, in the user's zone."""
    return text and datetime.fromisoformat(text).astimezone(PORTAL_ZONE).strftime("%Y-%m-%d %H:%M")
