"""The demo company's CRM as HubSpot's API answers: objects with text properties, links, histories.

Awkward values are other ways to write the demo's facts, or rows that must not count. Roles, the
moment at which a quote was sent and the first contact of a deal are left out: HubSpot has none.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from generator.shapes.company import Rows, company

PORTAL_ZONE = ZoneInfo("Europe/Paris")
STAGE_IDS = {
    # Own stages have a number for an id, and some a GUID.
    "nb_pilot": "9567448",
    "ex_identified": "f38a1f6e-3a5a-4d3e-9a40-1d6b7a1f0c55",
}
LIFECYCLE = [
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
]
UNKNOWN_DEAL = "9199998"
"""A deal that its history outlived."""

KEPT = {"deals": 20, "contacts": 45}
"""How many changes of a property HubSpot keeps; the earliest are lost."""

WRITTEN_AGAIN = {
    "3014689": 17,
    # The visit to its second stage, which lasted seven hours, is lost as well.
    "3008657": 19,
    # The load before the last one still had its first stage.
    "3006465": 17,
    # It was lost, reopened and lost again.
    "3012017": 14,
    "3000469": 18,
    # Nothing is left but the stage in which it ended.
    "3000049": 19,
    # Twenty changes, and none is lost.
    "3001381": 17,
}
"""Deals whose last stage a workflow set again and again, and how often."""


@dataclass
class Portal:
    """The answers of the API for one HubSpot account; all values are text."""

    owners: Rows = field(default_factory=list)
    teams: Rows = field(default_factory=list)
    companies: Rows = field(default_factory=list)
    contacts: Rows = field(default_factory=list)
    deals: Rows = field(default_factory=list)
    quotes: Rows = field(default_factory=list)
    stages: Rows = field(default_factory=list)
    contact_companies: list[tuple[str, str]] = field(default_factory=list)
    deal_companies: list[tuple[str, str]] = field(default_factory=list)
    deal_contacts: list[tuple[str, str]] = field(default_factory=list)
    # All changes ever made; `kept_of` says what the API still shows of them.
    deal_history: Rows = field(default_factory=list)
    contact_history: Rows = field(default_factory=list)
    engagements: Rows = field(default_factory=list)


def moment(text: str | None, milliseconds: int = 0) -> str | None:
    """Return a moment of the demo as the API writes it: 2025-01-10T09:30:00.155Z."""
    return text and f"{text.removesuffix('Z')}.{milliseconds:03d}Z"


def midnight(day: str, hour: time = time()) -> datetime:
    """Return the moment at which a day begins where the account is, or another time of that day."""
    return datetime.combine(date.fromisoformat(day), hour, PORTAL_ZONE).astimezone(UTC)


def text_of(at: datetime) -> str:
    """Return a moment as the API writes it."""
    return moment(at.strftime("%Y-%m-%dT%H:%M:%S")) or ""


def survivors(table: str) -> dict[str, list[str]]:
    """Return the ids that each survivor of merges lists: all that came into it, step by step."""
    losers = defaultdict(list)
    for row in company()[table]:
        if row["merged_into_id"]:
            losers[row["merged_into_id"]].append(row["hs_object_id"])

    def all_of(survivor: str) -> list[str]:
        return [found for loser in losers[survivor] for found in (*all_of(loser), loser)]

    return {survivor: all_of(survivor) for survivor in list(losers)}


@cache
def portal() -> Portal:
    """Return the demo company as a HubSpot account."""
    made = Portal()
    _people(made)
    _companies(made)
    _contacts(made)
    _pipelines(made)
    _deals(made)
    _histories(made)
    _engagements(made)
    return made


def _people(made: Portal) -> None:
    team_ids: dict[str, str] = {}
    for row in company()["owners"]:
        made.owners.append(
            {
                "id": row["id"],
                "email": row["email"],
                "type": "PERSON",
                "first_name": row["first_name"],
                "last_name": row["last_name"],
                "user_id": None if row["archived"] == "true" else str(int(row["id"]) + 500),
                "user_id_including_inactive": str(int(row["id"]) + 500),
                "created_at": moment(row["created_at"]),
                "updated_at": moment(row["created_at"]),
                "archived": row["archived"],
            }
        )
        number = team_ids.setdefault(row["team"] or "", str(11 + len(team_ids)))
        # Some are in a second team, which comes first in the list; some lists name no main team.
        teams = [(number, row["team"], "true" if int(row["id"]) % 4 else "false")]
        if int(row["id"]) % 5 == 0:
            teams = [("99", "All hands", "false"), (number, row["team"], "true")]
        made.teams += [
            {"owner_id": row["id"], "id": id_, "name": name, "primary": main}
            for id_, name, main in teams
        ]
    # Nobody's name is known here, and nothing belongs to this owner.
    made.owners.append(
        dict.fromkeys(made.owners[0])
        | {"id": "70099", "email": "former@lumevo.example", "first_name": "", "last_name": ""}
        | {"archived": "true"}
    )


def _companies(made: Portal) -> None:
    merged = survivors("companies")
    for row in company()["companies"]:
        made.companies.append(
            {
                "id": row["hs_object_id"],
                "hs_object_id": row["hs_object_id"],
                "name": row["name"],
                "domain": row["domain"],
                "industry": row["industry"],
                "country": row["country"],
                "numberofemployees": row["numberofemployees"],
                "hubspot_owner_id": row["hubspot_owner_id"],
                "hs_parent_company_id": row["parent_company_id"],
                "hs_merged_object_ids": ";".join(merged.get(row["hs_object_id"] or "", [])) or None,
                "createdate": moment(row["createdate"]),
                "hs_lastmodifieddate": moment(row["createdate"]),
                "is_deleted": _is_deleted(row),
            }
        )


def _is_deleted(row: dict[str, str | None]) -> str:
    """Return whether the archive lists a record: one that was merged is in no list any more."""
    return "true" if row["archived"] == "true" and not row["merged_into_id"] else "false"


def _contacts(made: Portal) -> None:
    merged = survivors("contacts")
    primary = {}
    for row in company()["contact_companies"]:
        made.contact_companies.append((row["contact_id"] or "", row["company_id"] or ""))
        if row["is_primary"] == "true":
            primary[row["contact_id"]] = row["company_id"]
    # One link in fifty is listed twice, once for each of its labels.
    made.contact_companies += made.contact_companies[::50]
    # The first survivor lists two more, which were merged before the first load.
    first = min(merged)
    merged[first] = [*merged[first], "1999998", "1999999"]
    for row in company()["contacts"]:
        made.contacts.append(
            {
                "id": row["hs_object_id"],
                "hs_object_id": row["hs_object_id"],
                "email": row["email"],
                "firstname": row["firstname"],
                "lastname": row["lastname"],
                "country": row["country"],
                "hubspot_owner_id": row["hubspot_owner_id"],
                "lifecyclestage": row["lifecyclestage"],
                "hubspotscore": row["hubspotscore"],
                "hs_analytics_source": row["hs_analytics_source"],
                "utm_campaign": row["hs_campaign_id"],
                "associatedcompanyid": primary.get(row["hs_object_id"]),
                "hs_merged_object_ids": ";".join(merged.get(row["hs_object_id"] or "", [])) or None,
                "createdate": moment(row["createdate"]),
                "lastmodifieddate": moment(row["createdate"]),
                "is_deleted": _is_deleted(row),
            }
        )


def _pipelines(made: Portal) -> None:
    for row in company()["pipelines"]:
        made.stages.append(
            {
                "pipeline_id": row["pipeline_id"],
                "pipeline_label": row["pipeline_label"],
                "id": _stage(row["stage_id"]),
                "label": row["stage_label"],
                "display_order": row["display_order"],
                "probability": str(float(row["probability"] or 0)),
                "is_closed": row["is_closed"],
                "is_won": row["is_won"],
                "archived": row["archived"],
            }
        )


def _stage(stage: str | None) -> str:
    return STAGE_IDS.get(stage or "", stage or "")


def _milliseconds(deal: str) -> int:
    return int(deal) % 1000


def _deals(made: Portal) -> None:
    merged = survivors("deals")
    closed = {row["stage_id"] for row in company()["pipelines"] if row["is_closed"] == "true"}
    closings = defaultdict(list)
    for row in company()["deal_stage_history"]:
        if row["dealstage"] in closed:
            closings[row["deal_id"]].append(row["entered_at"] or "")
    for row in company()["deals"]:
        id_ = row["hs_object_id"] or ""
        created = moment(row["createdate"], _milliseconds(id_))
        company_id = row["associatedcompanyid"]
        made.deals.append(
            {
                "id": id_,
                "hs_object_id": id_,
                "dealname": row["dealname"],
                "pipeline": row["pipeline"],
                "dealstage": _stage(row["dealstage"]),
                "amount": row["amount"],
                "deal_currency_code": row["deal_currency_code"],
                "hubspot_owner_id": row["hubspot_owner_id"],
                "plan": row["plan"],
                "dealtype": row["dealtype"],
                "hs_manual_forecast_category": row["hs_manual_forecast_category"],
                "closed_lost_reason": row["closed_lost_reason"],
                "createdate": created,
                "closedate": row["closedate"] and _closing(id_, row["closedate"], closings[id_]),
                "hs_primary_associated_company": company_id if int(id_) % 5 else None,
                "hs_merged_object_ids": ";".join(merged.get(id_, [])) or None,
                # A property called Région, and one of yes and no that was once cleared.
                "r_gion": "Île-de-France",
                "renewal_expected": None if int(id_) % 7 == 0 else "true",
                "renewal_expected__v_text": "" if int(id_) % 7 == 0 else None,
                "hs_lastmodifieddate": created,
                "is_deleted": _is_deleted(row),
            }
        )
        if company_id:
            # Where a deal has two companies, the main one is named, or has the smaller id.
            second = {1: "500001", 0: "990005"}.get(int(id_) % 50, company_id)
            made.deal_companies += [(id_, each) for each in sorted({second, company_id})]
    made.deal_companies.append(made.deal_companies[0])
    made.deal_contacts = [
        (r["deal_id"] or "", r["contact_id"] or "") for r in company()["deal_contacts"]
    ]
    made.deal_contacts += made.deal_contacts[::50]
    for row in company()["quotes"]:
        created = moment(row["createdate"])
        made.quotes.append(
            {
                "id": row["hs_object_id"],
                "hs_object_id": row["hs_object_id"],
                # HubSpot knows that a quote was published, not what became of it.
                "hs_status": "DRAFT" if row["hs_status"] == "DRAFT" else "APPROVAL_NOT_NEEDED",
                "hs_quote_amount": row["hs_quote_amount"],
                "hs_currency": row["hs_currency"],
                "hs_expiration_date": row["hs_expiration_date"],
                "hs_createdate": created,
                "hs_lastmodifieddate": created,
                "is_deleted": "false",
            }
        )


def _closing(deal: str, day: str, closings: list[str]) -> str:
    """Return the moment that `closedate` has: the day's beginning, or the second of the closing."""
    if int(deal) % 2 == 0:
        return text_of(midnight(day))
    for at in sorted(closings, reverse=True):
        if datetime.fromisoformat(at).astimezone(PORTAL_ZONE).date().isoformat() == day:
            return moment(at, _milliseconds(deal)) or ""
    return text_of(midnight(day, time(23, 30)))


def _change(id_: str, name: str, value: str, at: str | None) -> dict[str, str | None]:
    return {"object_id": id_, "property_name": name, "value": value, "timestamp": at}


def _histories(made: Portal) -> None:
    stages, values = company()["deal_stage_history"], company()["deal_property_history"]
    changes = [
        _change(
            row["deal_id"] or "",
            "dealstage",
            _stage(row["dealstage"]),
            moment(row["entered_at"], _milliseconds(row["deal_id"] or "")),
        )
        for row in stages
    ]
    changes += [
        _change(
            row["deal_id"] or "",
            row["property"] or "",
            _value(row),
            moment(row["changed_at"], _milliseconds(row["deal_id"] or "")),
        )
        for row in values
    ]
    changes += _written_again(changes)
    made.deal_history = changes + _repeats(changes) + _rows_that_do_not_count()
    made.contact_history = _lifecycles()


def kept_of(changes: Rows, most: int) -> Rows:
    """Return the changes that HubSpot keeps, the last ones of each property, in their order."""
    places = defaultdict(list)
    for place, row in enumerate(changes):
        places[row["object_id"], row["property_name"]].append((row["timestamp"] or "", place))
    kept = {place for each in places.values() for _, place in sorted(each)[-most:]}
    return [row for place, row in enumerate(changes) if place in kept]


def _written_again(changes: Rows) -> Rows:
    """Return the last stage of some deals, set again every seven seconds."""
    last = {
        row["object_id"]: row
        for row in sorted(changes, key=lambda row: row["timestamp"] or "")
        if row["property_name"] == "dealstage"
    }
    return [
        last[deal]
        | {
            "timestamp": (
                datetime.fromisoformat(last[deal]["timestamp"] or "")
                + timedelta(seconds=7 * number)
            )
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z")
        }
        for deal, count in WRITTEN_AGAIN.items()
        for number in range(1, count + 1)
    ]


def _value(row: dict[str, str | None]) -> str:
    """Return a value of a deal's history: empty if it was cleared, days as either form has them."""
    if row["property"] != "closedate" or not row["value"]:
        return (row["value"] or "").removesuffix(".00")
    at = midnight(row["value"])
    if int(row["deal_id"] or 0) % 2:
        return str(int(at.timestamp() * 1000))
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _repeats(changes: Rows) -> Rows:
    """Return the last value of some deals' properties once more, a second later."""
    last: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in changes:
        key = (row["object_id"] or "", row["property_name"] or "")
        if key not in last or (row["timestamp"] or "") >= (last[key]["timestamp"] or ""):
            last[key] = row
    return [
        row
        | {
            "timestamp": text_of(
                datetime.fromisoformat(row["timestamp"] or "") + timedelta(seconds=2)
            )
        }
        for (deal, _), row in sorted(last.items())
        if int(deal) % 10 == 3
    ]


def _rows_that_do_not_count() -> Rows:
    """Return other properties, a deal that is gone, and a deleted one with many amounts."""
    gone = [
        _change(UNKNOWN_DEAL, "dealstage", "1005550", "2023-05-02T08:00:00.000Z"),
        _change(UNKNOWN_DEAL, "amount", "500", "2023-05-02T08:00:00.000Z"),
    ]
    names = [
        _change(
            row["hs_object_id"] or "", "dealname", row["dealname"] or "", moment(row["createdate"])
        )
        for row in company()["deals"][::10]
    ]
    many = [
        _change("9100004", "amount", str(7000 + number), f"2023-10-{number + 1:02d}T10:00:00.000Z")
        for number in range(25)
    ]
    return gone + names + many


def _lifecycles() -> Rows:
    """Return the lifecycles; HubSpot clears the stage before it lets a contact fall back."""
    rows, seen = [], defaultdict(int)
    by_contact = defaultdict(list)
    for row in company()["lifecycle_history"]:
        by_contact[row["contact_id"] or ""].append(row)
    for contact, entries in by_contact.items():
        before = None
        for row in sorted(entries, key=lambda row: row["entered_at"] or ""):
            at, stage = row["entered_at"] or "", row["lifecyclestage"] or ""
            if (
                before is not None
                and LIFECYCLE.index(stage) < LIFECYCLE.index(before[1])
                and at > before[0]
            ):
                cleared = datetime.fromisoformat(at) - timedelta(seconds=1)
                rows.append(
                    _change(
                        contact,
                        "lifecyclestage",
                        "",
                        moment(cleared.strftime("%Y-%m-%dT%H:%M:%S"), 999),
                    )
                )
            # Stages that a workflow set in one go are a millisecond apart.
            rows.append(_change(contact, "lifecyclestage", stage, moment(at, seen[contact, at])))
            seen[contact, at] += 1
            before = (at, stage)
        rows.append(
            _change(
                contact, "email", f"cas.{contact}@case.example", moment(entries[0]["entered_at"])
            )
        )
    return rows


def _engagements(made: Portal) -> None:
    kinds = {"demo": "MEETING"}
    for row in company()["activities"]:
        kind = row["activity_type"] or ""
        made.engagements.append(
            {
                "id": row["hs_object_id"],
                "type": kinds.get(kind, kind.upper()),
                "contact_id": row["contact_id"],
                "deal_id": row["deal_id"],
                "hubspot_owner_id": row["hubspot_owner_id"],
                "hs_timestamp": moment(row["hs_timestamp"]),
            }
        )
