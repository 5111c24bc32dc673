"""Rules for pipelines, deals and what happens to them, for quotas and the teams of owners."""

from __future__ import annotations

from expectations.rules import (
    LARGEST_NUMBER,
    Calendar,
    Condition,
    Order,
    Periods,
    Reference,
    Suite,
    as_choice,
    as_number,
    boolean,
    currency_of,
    day,
    filled,
    last_day,
    moment,
    number,
    one_of,
)

STAGE = Reference(("pipeline_id", "stage_id"), "pipelines", ("pipeline_id", "stage_id"))

FORECAST_CATEGORIES = ["omitted", "pipeline", "best_case", "commit", "closed"]


def suites(calendar: Calendar) -> list[Suite]:
    """Return the suites of pipelines, deals, their histories, activities, quotas and owners."""
    return [
        Suite(
            table="pipelines",
            key=("pipeline_id", "stage_id"),
            required=True,
            rules=(
                number("stage_order", whole=True, severity="blank"),
                number("win_probability", minimum=0, maximum=1, severity="blank"),
                filled("is_closed"),
                filled("is_won"),
                boolean("is_closed"),
                boolean("is_won"),
                boolean("is_archived", "blank"),
            ),
        ),
        Suite(
            table="deals",
            key=("deal_id",),
            required=True,
            references=(
                STAGE,
                Reference(("currency",), "reference.currency_rates", ("currency",)),
                # Won revenue must not vanish because a colleague or an account was deleted.
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
                Reference(("company_id",), "companies", ("company_id",), "warn"),
                Reference(("merged_into_deal_id",), "deals", ("deal_id",), "warn"),
            ),
            # Sales people type close dates: a wrong order spoils the cycle, not the deal.
            orders=(Order("close_date", "created_at", "warn"),),
            conditions=(
                # Its amount is unknown, not 0: bookings and averages use the other deals.
                Condition(
                    "is_filled_where_the_deal_is_won",
                    "deal_amount",
                    "case when exists (select 1 from inputs.input_pipelines as stages "
                    "where stages.source_system = rows.source_system "
                    "and stages.pipeline_id = rows.pipeline_id "
                    "and stages.stage_id = rows.stage_id "
                    "and read_boolean(cast(stages.is_won as varchar))) "
                    "then rows.deal_amount is not null end",
                    "warn",
                ),
                # Won revenue must not vanish, but nobody said that it is in the reporting currency.
                currency_of("deal_amount"),
            ),
            rules=(
                filled("pipeline_id"),
                filled("stage_id"),
                number("deal_amount", minimum=0),
                moment("created_at", calendar),
                day("close_date", calendar),
                one_of("deal_type", ["new_business", "existing_business"], severity="warn"),
                # It moves no KPI: an unknown word is shown as it is.
                one_of("forecast_category", FORECAST_CATEGORIES, severity="warn"),
                boolean("is_archived", "blank"),
            ),
        ),
        Suite(
            table="deal_contacts",
            key=("deal_id", "contact_id"),
            references=(
                Reference(("deal_id",), "deals", ("deal_id",)),
                Reference(("contact_id",), "contacts", ("contact_id",)),
            ),
            rules=(boolean("is_primary", "blank"),),
        ),
        Suite(
            table="deal_stage_history",
            key=("deal_id", "stage_id", "entered_at"),
            is_unique=False,
            references=(
                Reference(("deal_id",), "deals", ("deal_id",)),
                Reference(("stage_id",), "pipelines", ("stage_id",)),
            ),
            conditions=(
                # History names no pipeline: a stage of the deal's own that was rejected must not be
                # taken from another pipeline that has one of the same name.
                Condition(
                    "is_no_rejected_stage_of_the_deal",
                    "stage_id",
                    "not exists (select 1 from inputs.input_deals as deals "
                    f"inner join {STAGE.lost_values} as lost "
                    "on deals.source_system = lost.source_system "
                    "and deals.pipeline_id = lost.pipeline_id "
                    "where deals.source_system = rows.source_system "
                    "and deals.deal_id = rows.deal_id and lost.stage_id = rows.stage_id)",
                    looks_into=STAGE,
                ),
            ),
            rules=(moment("entered_at", calendar),),
        ),
        Suite(
            table="quotes",
            key=("quote_id",),
            references=(
                Reference(("deal_id",), "deals", ("deal_id",)),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            # As for the deal.
            conditions=(currency_of("quote_amount"),),
            rules=(
                number("quote_amount", minimum=0),
                moment("created_at", calendar),
                moment("sent_at", calendar),
                last_day("expires_on", calendar),
            ),
        ),
        Suite(
            table="activities",
            key=("activity_id",),
            references=(
                Reference(("contact_id",), "contacts", ("contact_id",), "warn"),
                Reference(("deal_id",), "deals", ("deal_id",), "warn"),
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
            ),
            rules=(
                filled("occurred_at"),
                moment("occurred_at", calendar),
                boolean("is_automated", "blank"),
            ),
        ),
        Suite(
            table="quotas",
            key=("owner_id", "quarter_start"),
            references=(
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            conditions=(
                # The quota of a quarter is spread over three months: monthly quotas would overlap.
                Condition(
                    "is_a_quarter_after_the_one_before",
                    "quarter_start",
                    f"date_diff('day', lag({calendar.day('quarter_start')}) over ("
                    "partition by rows.source_system, rows.owner_id "
                    f"order by {calendar.day('quarter_start')}), "
                    f"{calendar.day('quarter_start')}) not between 1 and 88",
                ),
            ),
            rules=(
                day("quarter_start", calendar),
                filled("quota_amount"),
                number("quota_amount", minimum=0),
                filled("currency"),
            ),
        ),
        Suite(
            table="submitted_forecasts",
            key=("owner_id", "submitted_on", "forecast_month", "category"),
            references=(
                Reference(("owner_id",), "owners", ("owner_id",), "warn"),
                Reference(("currency",), "reference.currency_rates", ("currency",)),
            ),
            conditions=(
                # Staging adds up by month: two days of one month would count the rep twice.
                Condition(
                    "is_the_only_one_of_its_month",
                    "forecast_month",
                    "count(*) over (partition by rows.source_system, rows.owner_id, "
                    f"{calendar.day('submitted_on')}, {as_choice('category')}, "
                    f"date_trunc('month', {calendar.day('forecast_month')})) = 1",
                ),
            ),
            rules=(
                day("submitted_on", calendar),
                day("forecast_month", calendar),
                filled("forecast_amount"),
                number("forecast_amount", minimum=0),
                filled("currency"),
                one_of("category", ["commit", "best_case"]),
            ),
        ),
        Suite(
            table="owner_periods",
            key=("owner_id", "valid_from"),
            references=(
                # A period of nobody tells nothing.
                Reference(("owner_id",), "owners", ("owner_id",)),
                Reference(("manager_id",), "owners", ("owner_id",), "warn"),
            ),
            orders=(Order("valid_to", "valid_from"),),
            periods=(
                Periods(("owner_id",), "valid_from", "valid_to", calendar, lasts_until_next=True),
            ),
            rules=(
                day("valid_from", calendar),
                last_day("valid_to", calendar),
            ),
        ),
        Suite(
            table="deal_property_history",
            key=("deal_id", "property_name", "changed_at"),
            is_unique=False,
            references=(Reference(("deal_id",), "deals", ("deal_id",)),),
            conditions=(
                # An empty value is one too: the property was cleared.
                Condition(
                    f"is_a_number_from_0_to_{LARGEST_NUMBER:,}_where_property_name_is_amount",
                    "property_value",
                    f"{as_choice('property_name')} != 'amount' or rows.property_value is null "
                    f"or coalesce({as_number('property_value')} "
                    f"between 0 and {LARGEST_NUMBER}, false)",
                ),
                Condition(
                    "is_a_day_like_2024_01_31_where_property_name_is_close_date",
                    "property_value",
                    f"{as_choice('property_name')} != 'close_date' or rows.property_value is null "
                    f"or coalesce({calendar.holds(calendar.day('property_value'))}, false)",
                ),
                # As for the owner of a deal: a colleague who was deleted is shown by the id.
                Condition(
                    "is_known_in_owners_where_property_name_is_owner_id",
                    "property_value",
                    f"{as_choice('property_name')} != 'owner_id' or rows.property_value is null "
                    "or not exists (select 1 from inputs.input_owners) "
                    "or exists (select 1 from inputs.input_owners as owners "
                    "where owners.source_system = source_of_id(rows.property_value, "
                    "rows.source_system) and owners.owner_id = local_id("
                    "regexp_replace(rows.property_value, '^([0-9]+)[.]0+$', '\\1')))",
                    "warn",
                ),
            ),
            rules=(
                one_of("property_name", ["amount", "close_date", "owner_id"]),
                moment("changed_at", calendar),
            ),
        ),
    ]
