with due_pipeline as (

    select * from {{ ref('agg_due_pipeline') }}

),

quotas as (

    select * from {{ ref('agg_quotas') }}

),

won_deals as (

    select * from {{ ref('agg_won_deals') }}

),

{{ measured_together(
    'planned', 'due_pipeline', ['due_amount', 'due_at_start_amount'], 'quotas', ['quota_amount']
) }},

{{ measured_together(
    'measured', 'planned', ['due_amount', 'due_at_start_amount', 'quota_amount'],
    'won_deals', ['won_count', 'won_amount']
) }},

-- Without any win nothing of the quota is reached. Where no win has an amount, the reached part is
-- unknown.
reached as (

    select
        *,
        case when won_count > 0 then won_amount else 0 end as reached_amount,
        min(period_start) over (partition by period_grain) as first_start

    from measured

),

-- Where no quota is known, nothing is covered; where it is reached, 0 is left to reach. Deals that
-- were open before the data begin are not known.
covered as (

    select
        *,
        case when quota_amount is not null then due_amount end as covering_amount,
        case
            when quota_amount is not null and period_start > first_start then due_at_start_amount
        end as covering_at_start_amount,
        case
            when reached_amount is null then null
            when quota_amount > reached_amount then quota_amount - reached_amount
            when quota_amount is not null then 0
        end as quota_to_reach,
        case
            when
                quota_amount is not null
                and due_at_start_amount is not null
                and period_start = first_start
                then 'not_yet'
        end as at_start_null_reason

    from reached

),

-- A deal that is still open when its period is over is overdue: it covers no quota any more.
looking_ahead as (

    select
        *,
        case when period_end > reporting_date then covering_amount end as remaining_amount,
        case when period_end > reporting_date then quota_to_reach end as remaining_quota

    from covered

),

final as (

    {{ kpi_rows(
        'pipeline_coverage', 'at_start', 'covered', 'covering_at_start_amount', 'quota_amount',
        null_reason='at_start_null_reason'
    ) }}

    union all

    {{ kpi_rows(
        'pipeline_coverage', 'remaining', 'looking_ahead', 'remaining_amount', 'remaining_quota',
        null_reason=period_over('covering_amount', 'quota_to_reach')
    ) }}

)

select * from final
