"""Costs and results of campaigns, computed a second time from the raw files.

Costs, deals and touches are those of `unit_economics.py`. Nothing here reads the project's SQL.
"""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from unit_economics import known_sum, month_end, month_of, ratio, spread

# Column -> the stage that the campaign's contacts reached.
STAGES = {"lead_count": "lead", "mql_count": "mql", "opportunity_contact_count": "opportunity"}


def campaign_results(company):
    """Campaign -> the columns of its row in the report."""
    direct, loaded = monthly_costs(company)
    contacts, deals = contacts_by_campaign(company), deals_by_campaign(company)
    results = {}
    for campaign in company.crm.campaigns.values():
        name = campaign["campaign"]
        costs = cost_columns(company, direct.get(name), loaded.get(name))
        results[name] = {
            "campaign_name": name,
            "channel": campaign["channel"],
            "start_date": campaign["start"],
            "end_date": campaign["end"],
            **costs,
            **{
                column: sum(1 for contact in contacts[name] if contact[stage])
                for column, stage in STAGES.items()
            },
            **won_and_open("first_touch", deals["first_touch"][name], costs),
            **won_and_open("last_touch", deals["last_touch"][name], costs),
        }
    return results


def monthly_costs(company):
    """Campaign -> month -> what marketing paid for it; and the same with its shared costs.

    The shared costs of a month are spread over what was paid in it, for campaigns and outside them.
    """
    months, shared = defaultdict(lambda: defaultdict(Decimal)), defaultdict(Decimal)
    for cost in filter(company.is_marketing, company.costs):
        if company.is_shared(cost):
            shared[month_of(cost["on"])] += cost["amount"]
        else:
            months[month_of(cost["on"])][cost["campaign"]] += cost["amount"]
    direct, loaded = defaultdict(dict), defaultdict(dict)
    for month, paid in months.items():
        spread_out = spread(paid, shared[month], paid)
        for name, amount in paid.items():
            direct[name][month] = amount
            loaded[name][month] = spread_out[name]
    return direct, loaded


def cost_columns(company, direct, loaded):
    """The costs of a campaign, and whether its wins have had their time since the last of them."""
    if not direct:
        names = ("last_spend_month", "direct_cost_amount", "loaded_cost_amount")
        return dict.fromkeys(names) | {"is_mature": False}
    last = max(direct)
    wait = max(company.days_to_win[f"{touch}_touch_of_spend"] for touch in ("first", "last"))
    return {
        "last_spend_month": last,
        "direct_cost_amount": sum(direct.values()),
        "loaded_cost_amount": sum(loaded.values()),
        "is_mature": month_end(last) + timedelta(days=wait) <= company.report,
    }


def contacts_by_campaign(company):
    """Campaign -> the contacts that came by it, as the CRM says."""
    contacts = defaultdict(list)
    for contact in company.contacts.values():
        contacts[contact["campaign"]].append(contact)
    return contacts


def deals_by_campaign(company):
    """first_touch and last_touch -> campaign -> the deals whose touch it was, if marketing's."""
    deals = {"first_touch": defaultdict(list), "last_touch": defaultdict(list)}
    for deal in company.deals.values():
        touches = company.touches_of(deal)
        for name, touch in (("first_touch", touches[0]), ("last_touch", touches[-1])):
            if company.is_marketings(touch["channel"]):
                deals[name][touch["campaign"]].append(deal)
    return deals


def won_and_open(name, deals, costs):
    """The columns of one way to credit deals."""
    won = [deal for deal in deals if deal["is_won"] and deal["closed_date"]]
    amount = known_sum(deal["deal_amount"] for deal in won)
    still_open = known_sum(deal["deal_amount"] for deal in deals if not deal["is_closed"])
    columns = {
        f"{name}_won_count": len(won),
        f"{name}_won_amount": amount,
        f"{name}_open_amount": still_open,
    }
    for kind in ("direct", "loaded"):
        cost = costs[f"{kind}_cost_amount"]
        is_known = cost is not None and cost > 0 and amount is not None
        columns[f"{name}_{kind}_roi"] = ratio(amount - cost, cost) if is_known else None
    return columns
