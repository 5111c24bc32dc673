{#- CRMs keep no history of the score: it is known for the period of the reporting date alone. -#}
with current_periods as (

    select *

    from {{ ref('agg_contact_scores') }}

    where reporting_date between period_start and period_end

),

final as (

    {{ kpi_rows(
        'lead_score_by_stage', 'average', 'current_periods',
        'lead_score_sum', 'scored_contact_count'
    ) }}

    union all

    {{ kpi_rows('lead_score_by_stage', 'contacts', 'current_periods', 'contact_count') }}

)

select * from final
