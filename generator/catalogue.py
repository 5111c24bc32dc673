"""The lists in `generator/README.md`: awkward cases with the query that finds each, bad rows.

`python -m generator.catalogue` prints the part of the README that these constants fix; a test
compares it with the file and runs every query.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.flaws import BILLING_REJECTS, REJECTS, Reject


@dataclass(frozen=True)
class Case:
    """An awkward but valid shape, some hand-written ids, and SQL that counts all such rows."""

    title: str
    ids: str
    sql: str


_ENTRIES = """(
    select
        contact_id, lifecyclestage as stage, entered_at,
        lag(lifecyclestage) over (partition by contact_id order by entered_at) as before,
        row_number() over (partition by contact_id, lifecyclestage order by entered_at) as entry,
        min(case when lifecyclestage = 'salesqualifiedlead' then entered_at end)
            over (partition by contact_id) as qualified_at
    from lifecycle_history
)"""
_PLAN_ROWS = """(
    select
        *,
        lag(plan_id) over lines as plan_before,
        lag(quantity::int) over lines as quantity_before,
        lag(discount_share) over lines as discount_before,
        lag(status) over lines as status_before
    from subscriptions
    where line_id != 'S990102-1' or valid_from != '2024-06-01'
    window lines as (partition by line_id order by valid_from)
)"""
_STEPS = """(
    select
        deal_id, dealstage as stage,
        lag(dealstage) over (partition by deal_id order by entered_at) as before
    from deal_stage_history
)"""
_VALUES = """(
    select
        deal_id, property, value, changed_at,
        row_number() over entries as entry,
        lag(value) over entries as before,
        lag(value, 2) over entries as before_that,
        lag(changed_at) over entries as changed_before,
        row_number() over (partition by deal_id, property order by changed_at desc) as from_last
    from deal_property_history
    where value != '12.000,00' or value is null
    window entries as (partition by deal_id, property order by changed_at)
)"""

CASES = (
    # --- people ---------------------------------------------------------------------------------
    Case(
        "contact goes from lead to opportunity, MQL and SQL skipped",
        "9000020",
        f"select count(*) from {_ENTRIES} where stage = 'opportunity' and before = 'lead'",
    ),
    Case(
        "contact becomes customer without ever being an opportunity",
        "9000021, 9000026",
        "select count(distinct contact_id) from lifecycle_history where lifecyclestage = 'customer'"
        " and contact_id not in (select contact_id from lifecycle_history"
        " where lifecyclestage = 'opportunity')",
    ),
    Case(
        "contact falls back from MQL to lead, then re-enters MQL",
        "9000022",
        f"select count(*) from {_ENTRIES} where stage = 'lead'"
        " and before = 'marketingqualifiedlead'",
    ),
    Case(
        "contact falls back from customer to opportunity",
        "9000023",
        f"select count(*) from {_ENTRIES} where stage = 'opportunity' and before = 'customer'",
    ),
    Case(
        "contact enters the same stage twice",
        "9000022, 9000024",
        f"select count(*) from {_ENTRIES} where entry = 2",
    ),
    Case(
        "lifecycle rows of a contact are not in order of time in the file",
        "9000025",
        "select count(*) from (select entered_at < lag(entered_at) over"
        " (partition by contact_id order by rowid) as is_late from lifecycle_history)"
        " where is_late",
    ),
    Case(
        "merged contact: archived loser with history and links of its own",
        "9000001 → 9000002 → 9000003",
        "select count(*) from contacts where archived = 'true' and merged_into_id is not null",
    ),
    Case(
        "merge chain: the survivor was merged in turn",
        "9000001; company 990003 → 990002 → 990001",
        "select count(*) from contacts as loser inner join contacts as survivor"
        " on loser.merged_into_id = survivor.hs_object_id"
        " where survivor.merged_into_id is not null",
    ),
    Case(
        "archived contact without survivor",
        "9000005",
        "select count(*) from contacts where archived = 'true' and merged_into_id is null",
    ),
    Case(
        "contact of two companies, one primary",
        "9000010, 9000011",
        "select count(*) from (select contact_id from contact_companies group by 1"
        " having count(*) = 2 and count(*) filter (is_primary = 'true') = 1)",
    ),
    Case(
        "contact of no company",
        "9000012",
        "select count(*) from contacts where hs_object_id not in"
        " (select contact_id from contact_companies)",
    ),
    Case(
        "contact created at the end of a month in UTC, in the next month in Paris",
        "9000013, 9000014, 9000015",
        "select count(*) from contacts where hs_object_id in ('9000013', '9000014', '9000015')"
        " and createdate[12:13] >= '22'",
    ),
    Case(
        "source code that no mapping knows, `AI_REFERRALS`",
        "9000016 to 9000019, and anonymous sessions from September 2024",
        "select count(*) from contacts where hs_analytics_source = 'AI_REFERRALS'",
    ),
    Case(
        "NPS score of 0",
        "feedback 9300001",
        "select count(*) from feedback_submissions where response_score = '0'",
    ),
    Case(
        "several NPS answers of one contact",
        "contact 9000023",
        "select count(*) from (select contact_id from feedback_submissions group by 1"
        " having count(*) > 1)",
    ),
    Case(
        "answer of a contact that was merged into another",
        "feedback 9300004 of 9000002, its survivor's 9300005 two weeks later",
        "select count(*) from feedback_submissions inner join contacts"
        " on contact_id = contacts.hs_object_id where merged_into_id is not null",
    ),
    Case(
        "touch on the closing day of a won deal",
        "deal 9100028, session closing_day_1",
        "select count(*) from web_sessions inner join deal_contacts using (contact_id)"
        " inner join deals on deal_id = hs_object_id"
        " where dealstage like '%_won' and started_at[:10] = closedate",
    ),
    Case(
        "lead of another source who came to a stand later",
        "badge_id with j-",
        "select count(*) from trade_show_visits inner join contacts"
        " on contact_id = hs_object_id where hs_analytics_source != 'TRADE_SHOW'",
    ),
    Case(
        "lead of another source who came to a webinar while a deal was open",
        "session_id beginning with n",
        "select count(*) from web_sessions inner join deal_contacts using (contact_id)"
        " inner join contacts on contact_id = contacts.hs_object_id"
        " inner join deals on deal_id = deals.hs_object_id"
        " where source = 'WEBINAR' and hs_analytics_source != 'WEBINAR'"
        " and started_at > deals.createdate and started_at[:10] < closedate",
    ),
    Case(
        "person met at a stand who had been on the site before, unknown",
        "same visitor_id, contact_id first empty",
        "select count(*) from contacts inner join (select contact_id, min(visited_at) as met_at"
        " from trade_show_visits group by 1) as visits on visits.contact_id = hs_object_id"
        " inner join web_sessions as named on named.contact_id = hs_object_id"
        " inner join web_sessions as unnamed on unnamed.visitor_id = named.visitor_id"
        " and unnamed.contact_id is null and unnamed.started_at < met_at"
        " where hs_analytics_source = 'TRADE_SHOW'",
    ),
    Case(
        "stand visitor scanned twice",
        "visit_id ending in b",
        "select count(*) from (select badge_id from trade_show_visits group by 1"
        " having count(*) > 1)",
    ),
    Case(
        "bot sessions",
        "user_agent_type = bot",
        "select count(*) from web_sessions where user_agent_type = 'bot'",
    ),
    Case(
        "sessions on the internal host",
        "staging.lumevo.example",
        "select count(*) from web_sessions where hostname like 'staging.%'",
    ),
    Case(
        "visitor known only from a later session on",
        "same visitor_id, contact_id first empty",
        "select count(*) from (select visitor_id from web_sessions group by 1"
        " having count(contact_id) between 1 and count(*) - 1)",
    ),
    Case(
        "campaign that brought no lead",
        "C27, and campaigns kept for existing contacts",
        "select count(*) from campaigns where campaign_id = 'C27' and campaign_id not in"
        " (select hs_campaign_id from contacts where hs_campaign_id is not null)",
    ),
    Case(
        "spend without a campaign",
        "ORGANIC_SEARCH, SOCIAL_MEDIA",
        "select count(*) from campaign_spend where campaign_id is null",
    ),
    Case(
        "month in which the ledger's media and the campaigns' spend differ",
        "ledger entry L990001: an invoice higher than the spend in May 2025",
        "select count(*) from (select booked_on[:7] as month, currency,"
        " sum(amount::decimal(18, 2)) as booked from expense_ledger"
        " where account_code in ('623100', '623300') group by 1, 2)"
        " inner join (select spend_date[:7] as month, currency,"
        " sum(amount::decimal(18, 2)) as spent from campaign_spend group by 1, 2)"
        " using (month, currency) where booked != spent",
    ),
    # --- owners ---------------------------------------------------------------------------------
    Case(
        "owner with only wins",
        "70019",
        "select count(*) from (select hubspot_owner_id from deals where archived = 'false'"
        " group by 1 having count(*) filter (dealstage like '%_lost') = 0"
        " and count(*) filter (dealstage like '%_won') > 0)",
    ),
    Case(
        "owner with deals, none closed",
        "70020",
        "select count(*) from (select hubspot_owner_id from deals group by 1"
        " having count(*) filter (dealstage like '%_lost' or dealstage like '%_won') = 0)",
    ),
    Case(
        "two owners with the same first and last name",
        "70005, 70010",
        "select count(*) from (select first_name, last_name from owners group by 1, 2"
        " having count(*) > 1)",
    ),
    Case(
        "archived owner who left, with deals closed before",
        "70007, 70011, 70016",
        "select count(distinct owners.id) from owners inner join deals"
        " on owners.id = deals.hubspot_owner_id where owners.archived = 'true'",
    ),
    # --- companies and deals --------------------------------------------------------------------
    Case(
        "merged company; its contacts, deal and subscription keep the loser's id",
        "990002, 990003 → 990001",
        "select count(*) from companies where merged_into_id is not null",
    ),
    Case(
        "archived company without survivor",
        "990004",
        "select count(*) from companies where archived = 'true' and merged_into_id is null",
    ),
    Case(
        "company with a parent",
        "990005",
        "select count(*) from companies where parent_company_id is not null",
    ),
    Case(
        "name with a comma, a quote or an apostrophe",
        "990001, 990004",
        "select count(*) from companies where regexp_matches(name, '[,\"]') and name is not null",
    ),
    Case(
        "merged deal with its own history, contact, quote and activity",
        "9100002 → 9100003",
        "select count(*) from deals where merged_into_id is not null",
    ),
    Case(
        "archived deal without survivor",
        "9100004, 9100005",
        "select count(*) from deals where archived = 'true' and merged_into_id is null",
    ),
    Case(
        "open deal on an archived stage of a live pipeline",
        "9100006",
        "select count(*) from deals where dealstage = 'nb_pilot'",
    ),
    Case(
        "open deal that went back to an earlier stage",
        "9100025",
        f"select count(*) from {_STEPS} inner join pipelines as earlier"
        " on before = earlier.stage_id inner join pipelines as later on stage = later.stage_id"
        " where later.is_closed = 'false' and earlier.is_closed = 'false'"
        " and later.display_order::int < earlier.display_order::int",
    ),
    Case(
        "archived stage in the history of deals that moved on",
        "dealstage nb_pilot",
        "select count(*) from deal_stage_history where dealstage = 'nb_pilot'",
    ),
    Case(
        "deals of an archived pipeline, one still open",
        "9100007",
        "select count(*) from deals where pipeline = 'legacy'",
    ),
    Case(
        "deal lost because it was entered twice, as a test or by mistake",
        "9100029 to 9100032",
        "select count(*) from deals where dealstage like '%_lost' and lower(closed_lost_reason)"
        " in ('duplicate', 'duplicate deal', 'test', 'wrong entry')",
    ),
    Case(
        "deal lost without a reason",
        "9100009",
        "select count(*) from deals where dealstage like '%_lost' and closed_lost_reason is null",
    ),
    Case(
        "deal lost, reopened, then won",
        "9100008",
        f"select count(*) from {_STEPS} where before like '%_lost' and stage not like '%_lost'",
    ),
    Case(
        "deal won, reopened, then lost",
        "9100009",
        f"select count(*) from {_STEPS} where before like '%_won' and stage not like '%_won'",
    ),
    Case(
        "deal without a contact",
        "9100010",
        "select count(*) from deals where hs_object_id not in (select deal_id from deal_contacts)",
    ),
    Case(
        "deal without a company",
        "9100011",
        "select count(*) from deals where associatedcompanyid is null",
    ),
    Case(
        "open deal without amount",
        "9100012",
        "select count(*) from deals where amount is null and dealstage not like '%_won'",
    ),
    Case(
        "won deal without amount",
        "9100013",
        "select count(*) from deals where amount is null and dealstage like '%_won'",
    ),
    Case(
        "won deal of amount zero",
        "9100014",
        "select count(*) from deals where amount = '0.00' and dealstage like '%_won'",
    ),
    Case(
        "rep who changes team",
        "owner 70006",
        "select count(*) from owner_periods inner join owners on owners.id = owner_periods.owner_id"
        " where owner_periods.team != owners.team and valid_to is not null",
    ),
    Case(
        "forecast that a rep corrects to the cent before its month begins",
        "owner 70001, 2024-03",
        "select count(*) from submitted_forecasts where forecast_amount not like '%00.00'",
    ),
    Case(
        "deal that goes over to another owner while it is open",
        "9100026",
        f"select count(*) from {_VALUES} inner join deals on deals.hs_object_id = deal_id"
        " where property = 'hubspot_owner_id' and entry = 2 and changed_at[:10] < closedate",
    ),
    Case(
        "deal that goes over to another owner after it was won",
        "9100027",
        f"select count(*) from {_VALUES} inner join deals on deals.hs_object_id = deal_id"
        " where property = 'hubspot_owner_id' and entry = 2 and changed_at[:10] > closedate"
        " and dealstage like '%won'",
    ),
    Case(
        "won deal closed before it was created",
        "9100015 to 9100019",
        "select count(*) from deals where closedate < createdate[:10] and dealstage like '%_won'",
    ),
    Case(
        "closed deal whose closing day was typed in the future",
        "9100020",
        "select count(*) from deals where closedate > '2025-12-31' and dealstage like '%_won'",
    ),
    Case(
        "closing day expected a quarter later, and back again within a month",
        "9100026",
        f"select count(*) from {_VALUES} where property = 'closedate' and value = before_that"
        " and changed_at[:7] = changed_before[:7]"
        " and date_trunc('quarter', value::date) < date_trunc('quarter', before::date)",
    ),
    Case(
        "amount cleared, then set again",
        "9100027",
        f"select count(*) from {_VALUES} where property = 'amount' and before is null"
        " and entry > 1",
    ),
    Case(
        "amount cleared and empty today",
        "9100012",
        f"select count(*) from {_VALUES} where property = 'amount' and value is null"
        " and from_last = 1 and entry > 1",
    ),
    Case(
        "deal with closing days in its history and never an amount",
        "9100013",
        "select count(*) from (select deal_id from deal_property_history group by 1"
        " having count(*) filter (property = 'amount') = 0)",
    ),
    Case(
        "property history of a deal is not in order of time in the file",
        "9100022",
        "select count(*) from (select changed_at < lag(changed_at) over"
        " (partition by deal_id order by rowid) as is_late from deal_property_history"
        " where changed_at != '2024-02-30T10:00:00Z' and value is distinct from '12.000,00')"
        " where is_late",
    ),
    Case(
        "property history of a merged deal, before and after its survivor was created",
        "9100002 → 9100003",
        "select count(*) from (select 1 from deal_property_history inner join deals as losers"
        " on deal_id = losers.hs_object_id inner join deals as survivors"
        " on losers.merged_into_id = survivors.hs_object_id group by deal_id"
        " having min(changed_at) < min(survivors.createdate)"
        " and max(changed_at) > min(survivors.createdate))",
    ),
    Case(
        "deal whose closing day was set, given up when reopened, and set again",
        "9100008, 9100009",
        f"select count(*) from {_VALUES} as changes inner join deal_stage_history as stages"
        " on changes.deal_id = stages.deal_id and changed_at = entered_at"
        " where property = 'closedate' and not regexp_matches(dealstage, '_(won|lost)$')"
        " and entry > 1",
    ),
    Case(
        "deal without property history, brought over by an import",
        "9100007",
        "select count(*) from deals where hs_object_id not in"
        " (select deal_id from deal_property_history) and hs_object_id not like '91009__'",
    ),
    Case(
        "deal with two to four contacts",
        "9100026, 9100027",
        "select count(*) from (select deal_id from deal_contacts group by 1"
        " having count(*) between 2 and 4)",
    ),
    Case(
        "deal in USD or GBP",
        "9100026, 9100027",
        "select count(*) from deals where deal_currency_code in ('USD', 'GBP')",
    ),
    Case(
        "several quotes on one deal",
        "any",
        "select count(*) from (select deal_id from quotes group by 1 having count(*) > 1)",
    ),
    Case(
        "activity before the deal, linked to the contact only",
        "99000001",
        "select count(*) from activities where deal_id is null",
    ),
    # --- billing --------------------------------------------------------------------------------
    Case(
        "started on the 31st",
        "S990101",
        "select count(*) from subscriptions where valid_from = '2024-01-31'",
    ),
    Case(
        "started on a leap day",
        "S990102",
        "select count(*) from subscriptions where valid_from = '2024-02-29'",
    ),
    Case(
        "annual prepaid",
        "S990103",
        "select count(*) from subscriptions where plan_id = 'scale_y'",
    ),
    Case(
        "three years",
        "S990104",
        "select count(*) from subscriptions where interval_count = '3'",
    ),
    Case(
        "weekly",
        "S990105",
        "select count(*) from subscriptions where billing_interval = 'week'",
    ),
    Case(
        "daily",
        "S990106",
        "select count(*) from subscriptions where billing_interval = 'day'",
    ),
    Case(
        "two subscriptions of one company",
        "S990107, S990107B",
        "select count(*) from (select company_id from subscriptions group by 1"
        " having count(distinct subscription_id) > 1)",
    ),
    Case(
        "plan swapped, up or down",
        "S990108",
        f"select count(*) from {_PLAN_ROWS} where plan_id != plan_before",
    ),
    Case(
        "quantity up",
        "S990109",
        f"select count(*) from {_PLAN_ROWS} where quantity::int > quantity_before",
    ),
    Case(
        "quantity down",
        "S990109",
        f"select count(*) from {_PLAN_ROWS} where quantity::int < quantity_before",
    ),
    Case(
        "discount that ends with its period",
        "S990110",
        f"select count(*) from {_PLAN_ROWS} where discount_share < discount_before",
    ),
    Case(
        "discount that ends inside a period",
        "S990111",
        "select count(*) from subscriptions where status = 'active' and"
        " discount_ends_on < coalesce(valid_to, '2025-12-31')",
    ),
    Case(
        "trial that became paid",
        "S990112",
        f"select count(*) from {_PLAN_ROWS} where status = 'active' and status_before = 'trialing'",
    ),
    Case(
        "trial that did not",
        "S990113",
        f"select count(*) from {_PLAN_ROWS} where status = 'canceled'"
        " and status_before = 'trialing'",
    ),
    Case(
        "trial whose first payment failed and was never made",
        "status past_due after trialing",
        f"select count(*) from {_PLAN_ROWS} where status = 'past_due'"
        " and status_before = 'trialing'",
    ),
    Case(
        "trial that still runs",
        "status trialing without valid_to",
        "select count(*) from subscriptions where status = 'trialing' and valid_to is null",
    ),
    Case(
        "paused, then resumed",
        "S990114",
        f"select count(*) from {_PLAN_ROWS} where status = 'active' and status_before = 'paused'",
    ),
    Case(
        "past due and still running",
        "S990115",
        "select count(*) from subscriptions where status = 'past_due' and valid_to is null",
    ),
    Case(
        "past due, then lost",
        "S990116",
        f"select count(*) from {_PLAN_ROWS} where status = 'canceled'"
        " and status_before = 'past_due'",
    ),
    Case(
        "customer lost to a failed payment, whose last invoice was given up",
        "status = uncollectible",
        "select count(*) from invoices where status = 'uncollectible'",
    ),
    Case(
        "cancel asked for, paid service ends after the data",
        "S990117",
        "select count(*) from subscriptions where paid_until > '2025-12-31'"
        " and cancel_requested_on <= '2025-12-31'",
    ),
    Case(
        "cancel asked for months before paid service ended",
        "S990118",
        "select count(*) from subscriptions where cancel_requested_on < valid_to",
    ),
    Case(
        "came and left within one month",
        "S990119",
        "select count(*) from subscriptions where status = 'active' and line_type = 'recurring'"
        " and paid_until[:7] = valid_from[:7]",
    ),
    Case(
        "back after two and after five months",
        "S990120, S990121",
        f"select count(*) from {_PLAN_ROWS} where status = 'active' and status_before = 'canceled'",
    ),
    Case(
        "price change agreed for after the data",
        "S990122",
        "select count(*) from subscriptions where valid_from = '2026-03-01'",
    ),
    Case(
        "subscription in USD or GBP",
        "S990123, S990124",
        "select count(*) from subscriptions where currency in ('USD', 'GBP')",
    ),
    Case(
        "downgrade to the free plan",
        "S990125",
        "select count(*) from subscriptions where plan_id = 'free'",
    ),
    Case(
        "add-on, set-up and one-off lines",
        "S990126-2, -3, -4",
        "select count(*) from subscriptions where line_type in ('setup', 'one_off')",
    ),
    Case(
        "signed, not yet started",
        "S990127",
        "select count(*) from subscriptions where line_id = 'S990127-1'"
        " and valid_from > '2025-12-31'",
    ),
    Case(
        "plan no longer sold",
        "S990128",
        "select count(*) from subscriptions where plan_id = 'classic_m'",
    ),
    Case(
        "credit notes, in full and in part",
        "invoice_type = credit_note",
        "select count(*) from invoices where invoice_type = 'credit_note'",
    ),
    Case(
        "void invoices, issued again three days later",
        "status = void",
        "select count(*) from invoices where status = 'void'",
    ),
)


def _cell(text: str) -> str:
    return f"`{text}`" if text else "(empty)"


def _rejects(rejects: tuple[Reject, ...]) -> list[str]:
    lines = ["| table | key | column | value | why |", "|---|---|---|---|---|"]
    for item in rejects:
        value = "" if item.column.startswith("(") else _cell(item.value)
        lines.append(f"| {item.table} | `{item.key}` | {item.column} | {value} | {item.why} |")
    return lines


def markdown() -> str:
    """Return the README's lists: awkward cases, then the rows to reject."""
    lines = ["### Awkward but valid", "", "| case | hand-written example |", "|---|---|"]
    lines += [f"| {case.title} | {case.ids} |" for case in CASES]
    lines += ["", "### To be rejected, CRM and marketing", "", *_rejects(REJECTS)]
    lines += ["", "### To be rejected, billing and cost", "", *_rejects(BILLING_REJECTS)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")
