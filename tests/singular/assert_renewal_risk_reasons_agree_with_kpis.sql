/*
Claim: (1) each reason of renewal_risk_reasons tells the same past renewals: with the sign, without
it and unknown, they lost what the renewals lost. (2) In each month the churn of mrr_movements is
what its customers lost at churned renewals, and the balance of their lines that left at none, as
lines do that end inside a term. (3) A line whose price did not change since the observation is
lost at the balance that the movement takes off.
Why it could break: a line that is lost at two renewals, a renewal whose sum is not that of its
lines, a renewal under another customer, another exchange rate than that of the movement, rows that
a join repeats.
Not checked: contraction and expansion, which the movements judge per customer and month.
*/
with reasons as (

    select * from {{ ref('renewal_risk_reasons') }} where term_length = 'all'

),

renewals as (

    select * from {{ ref('fct_renewals') }} where not is_coming

),

lines_judged as (

    select * from {{ ref('int_renewal_lines_judged') }} where not is_coming

),

lines_observed as (

    select * from {{ ref('int_renewal_lines_observed') }}

),

line_months as (

    select * from {{ ref('fct_subscription_months') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }} where movement = 'churn'

),

kpi_values as (

    select
        period_start,
        value

    from {{ ref('kpi_values') }}

    where
        kpi = 'mrr_movements'
        and variant = 'churn'
        and period_grain = 'month'
        and dimension = 'all'

),

settled as (

    select
        sum(
            case
                when not is_involuntary and outcome in ('churned', 'contracted')
                    then mrr_amount - after_amount
                else 0
            end
        ) as lost_amount,
        sum(case when is_involuntary then mrr_amount else 0 end) as involuntary_amount,
        count(*) as renewal_count

    from renewals

    where not is_provisional

),

departures as (

    select distinct
        customer_id,
        month_start,
        cast({{ dbt.dateadd('month', -1, 'month_start') }} as date) as month_before

    from movements

),

churned as (

    select
        renewals.*,
        departures.month_start,
        departures.month_before

    from renewals

    inner join departures
        on
            renewals.customer_id = departures.customer_id
            and cast({{ dbt.date_trunc('month', 'renewals.left_date') }} as date)
            = departures.month_start

    where renewals.outcome = 'churned'

),

churned_lines as (

    select
        churned.month_start,
        churned.month_before,
        lines_judged.line_id,
        lines_judged.due_date,
        lines_judged.rate_month,
        lines_judged.mrr_amount

    from churned

    inner join lines_judged
        on
            churned.subscription_id = lines_judged.subscription_key
            and churned.due_date = lines_judged.due_date
            and churned.term_months = lines_judged.term_months

),

lines_before as (

    select
        departures.month_start,
        line_months.line_id,
        line_months.mrr_amount

    from departures

    inner join line_months
        on
            departures.customer_id = line_months.customer_id
            and departures.month_before = line_months.month_start

),

lost_elsewhere as (

    select
        lines_before.month_start,
        sum(lines_before.mrr_amount) as amount

    from lines_before

    left join churned_lines
        on
            lines_before.month_start = churned_lines.month_start
            and lines_before.line_id = churned_lines.line_id

    where churned_lines.line_id is null

    group by lines_before.month_start

),

-- By how much the balance before differs from the amount that was observed.
changed_since as (

    select
        churned_lines.month_start,
        sum(coalesce(lines_before.mrr_amount, 0) - churned_lines.mrr_amount) as amount

    from churned_lines

    left join lines_before
        on
            churned_lines.month_start = lines_before.month_start
            and churned_lines.line_id = lines_before.line_id

    group by churned_lines.month_start

),

lost_at_renewals as (

    select
        month_start,
        sum(mrr_amount) as amount

    from churned

    group by month_start

)

select
    'reason ' || reasons.reason as claim,
    settled.lost_amount as expected,
    reasons.came_true_mrr_amount + reasons.other_lost_mrr_amount as found

from reasons

cross join settled

where
    reasons.flagged_count + reasons.other_count + reasons.unknown_count != settled.renewal_count
    or (
        reasons.unknown_count = 0
        and (
            abs(
                reasons.came_true_mrr_amount + reasons.other_lost_mrr_amount - settled.lost_amount
            ) > 0.001
            or abs(
                reasons.involuntary_mrr_amount + reasons.other_involuntary_mrr_amount
                - settled.involuntary_amount
            ) > 0.001
        )
    )

union all

select
    'churn of ' || cast(kpi_values.period_start as {{ dbt.type_string() }}) as claim,
    -kpi_values.value as expected,
    coalesce(lost_at_renewals.amount, 0) + coalesce(lost_elsewhere.amount, 0)
    + coalesce(changed_since.amount, 0) as found

from kpi_values

left join lost_at_renewals
    on kpi_values.period_start = lost_at_renewals.month_start

left join lost_elsewhere
    on kpi_values.period_start = lost_elsewhere.month_start

left join changed_since
    on kpi_values.period_start = changed_since.month_start

where
    abs(
        kpi_values.value + coalesce(lost_at_renewals.amount, 0) + coalesce(lost_elsewhere.amount, 0)
        + coalesce(changed_since.amount, 0)
    ) > 0.001

union all

select
    'balance of ' || churned_lines.line_id as claim,
    line_months.mrr_amount as expected,
    churned_lines.mrr_amount as found

from churned_lines

inner join line_months
    on
        churned_lines.line_id = line_months.line_id
        and churned_lines.month_before = line_months.month_start
        and churned_lines.rate_month = line_months.month_start

inner join lines_observed
    on
        churned_lines.line_id = lines_observed.line_id
        and churned_lines.due_date = lines_observed.due_date
        and line_months.mrr_in_currency = lines_observed.mrr_in_currency

where abs(line_months.mrr_amount - churned_lines.mrr_amount) > 0.001
