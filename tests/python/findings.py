"""What is wrong with the demo's records, found a second time: plain Python, from the CSV files.

Deals and contacts are those of `crm.py`. What the gate finds is left to the gate: rows that it
refuses are no records here. Nothing reads the project's SQL.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crm import day, read, survivors, true
from recurring_revenue import Books, is_discounted, month_of, pays, prices, rounded

NOTHING = Fraction(0)
MATURE_SHARE = Decimal("0.9")
# Invoices of these states are none.
NOT_COUNTED = {"draft", "void"}


class Findings:
    """{key of a finding: money at stake}, of what the models find; money is None if unknown."""

    def __init__(self, company, world):
        self.company, self.books = company, Books(world)
        demo = company.root / "seeds" / "demo"
        self.owners = {row["id"]: row for row in company.owner_rows}
        self.deal_rows = {row["hs_object_id"]: row for row in company.deal_rows}
        self.invoices = [
            row
            for row in read(demo / "invoices.csv")
            if row["company_id"]
            and row["status"] not in NOT_COUNTED
            and day(row["issued_on"]) <= company.today
        ]
        self.companies = {row["hs_object_id"]: row for row in company.company_rows}
        self.company_of = survivors(company.company_rows)
        self.found = {}
        self.add_deals()
        self.add_unbilled_deals()
        self.add_customers()
        self.add_leads()

    def add(self, finding, kind, record_id, money=None):
        """Note a finding of the demo."""
        self.found[f"{finding} | demo | {kind} | {record_id}"] = money

    def has_left(self, owner_id):
        """Whether the account of an owner is archived."""
        return owner_id in self.owners and true(self.owners[owner_id]["archived"])

    def add_deals(self):
        """Open deals by what they lack, and won ones."""
        for deal_id, deal in self.company.deals.items():
            row, amount = self.deal_rows[deal_id], deal["amount"]
            is_open = not deal["is_won"] and not deal["is_lost"]
            owner, due = row["hubspot_owner_id"], day(row["closedate"])
            kinds = {
                "deal_won_without_amount": deal["is_won"] and amount is None,
                "open_deal_past_due": is_open and due and due < self.company.today,
                "open_deal_without_owner": is_open and not owner,
                "open_deal_of_archived_owner": is_open and self.has_left(owner),
                "open_deal_without_amount": is_open and amount is None,
                "open_deal_without_due_date": is_open and not due,
                "deal_without_company": not deal["is_lost"] and not row["associatedcompanyid"],
            }
            for finding, is_found in kinds.items():
                if is_found:
                    self.add(finding, "deal", deal_id, amount)

    def customers_of_billing(self):
        """The companies that have an invoice that counts or a subscription, after merges."""
        named = [row["company_id"] for row in self.invoices]
        named += [line.company_id.removeprefix("demo:") for line in self.books.world.lines]
        return {self.company_of.get(name, name) for name in named}

    def add_unbilled_deals(self):
        """Won, and neither the deal nor its company is known to billing after the usual wait."""
        issued = defaultdict(list)
        for row in self.invoices:
            if row["invoice_type"] == "invoice" and Decimal(row["amount_excl_tax"]) > 0:
                issued[row["deal_id"]].append(day(row["issued_on"]))
        first = min(on for days in issued.values() for on in days)
        won = {
            deal_id: deal
            for deal_id, deal in self.company.deals.items()
            if deal["is_won"] and deal["closed"]
        }
        waits = sorted(
            (min(issued[deal_id]) - deal["closed"]).days
            for deal_id, deal in won.items()
            if deal_id in issued
        )
        wait = next(
            days
            for days in waits
            if sum(1 for other in waits if other <= days) >= MATURE_SHARE * len(waits)
        )
        customers = self.customers_of_billing()
        for deal_id, deal in won.items():
            is_late = deal["closed"] >= first and (self.company.today - deal["closed"]).days > wait
            is_unknown = deal["company"] and deal["company"] not in customers
            if is_late and is_unknown and deal["amount"] != 0:
                self.add("deal_won_never_billed", "deal", deal_id, deal["amount"])

    def money_of(self, customer):
        """12 times the MRR of today, else the invoices of a year."""
        today = self.company.today
        mrr = NOTHING
        for line in self.books.world.lines:
            if self.company_of[line.company_id.removeprefix("demo:")] != customer:
                continue
            for terms in line.terms:
                if pays(terms, today, line.terms, today):
                    rate = self.books.rate(terms.currency, self.books.balance_day(month_of(today)))
                    price, _ = prices(terms, is_discounted(terms, today))
                    mrr += rounded(price * rate, 8)
        if mrr > 0:
            return 12 * mrr
        a_year_ago = date(today.year - 1, today.month, today.day)
        return sum(
            self.in_euros(row) * (-1 if row["invoice_type"] == "credit_note" else 1)
            for row in self.invoices
            if self.company_of[row["company_id"]] == customer and day(row["issued_on"]) > a_year_ago
        )

    def in_euros(self, invoice):
        """The amount of an invoice, or a credit note, at the fixed rate, in cents."""
        rate = Fraction(self.company.rates[invoice["currency"]])
        return rounded(abs(Fraction(invoice["amount_excl_tax"])) * rate, 2)

    def add_customers(self):
        """Customers that no company is linked to, and paying ones that nobody looks after."""
        for customer in self.customers_of_billing():
            if customer not in self.companies:
                self.add("customer_without_company", "customer", customer)
                continue
            owner, money = self.companies[customer]["hubspot_owner_id"], self.money_of(customer)
            if money > 0 and not owner:
                self.add("customer_without_owner", "company", customer, money)
            if money > 0 and self.has_left(owner):
                self.add("customer_of_archived_owner", "company", customer, money)

    def add_leads(self):
        """Leads that are no customers yet, by what they lack."""
        rows = {row["hs_object_id"]: row for row in self.company.contact_rows}
        for contact_id, contact in self.company.contacts.items():
            if not contact["lead"] or contact["customer"]:
                continue
            row = rows[contact_id]
            if not row["hubspot_owner_id"]:
                self.add("lead_without_owner", "contact", contact_id)
            if self.has_left(row["hubspot_owner_id"]):
                self.add("lead_of_archived_owner", "contact", contact_id)
            if not row["hs_analytics_source"]:
                self.add("lead_without_source", "contact", contact_id)
