with contacts as (

    select * from {{ ref('agg_contacts') }}

),

maturity as (

    select * from {{ ref('agg_conversion_days') }}

),

final as (

    {{ kpi_rows(
        'lead_to_close', 'close_rate', 'contacts', 'won_lead_count', 'lead_with_outcomes_count',
        conversion='lead_to_won'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_close', 'leads_per_close', 'contacts',
        'lead_with_outcomes_count', 'won_lead_count', conversion='lead_to_won'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_close', 'leads_per_lost', 'contacts',
        'lead_with_outcomes_count', 'lost_to_competitor_lead_count',
        conversion='lead_to_lost'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_close', 'close_rate_period', 'contacts',
        'won_lead_entry_count', 'lead_with_outcomes_count'
    ) }}

    union all

    {{ kpi_rows(
        'lead_to_close', 'leads_per_close_period', 'contacts',
        'lead_with_outcomes_count', 'won_lead_entry_count'
    ) }}

)

select * from final
