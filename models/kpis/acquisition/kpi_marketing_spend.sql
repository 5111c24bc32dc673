with costs as (

    select * from {{ ref('fct_costs') }}

),

{{ known_cost_periods('known') }},

{{ measured_by_period('spent', 'costs', 'cost_date', var('spend_cuts'), {
    'marketing_amount': "sum(case when cost_function = 'marketing' then cost_amount else 0 end)",
    'media_amount': 'sum(case when is_media then cost_amount else 0 end)',
}) }},

told as (

    select
        spent.period_grain,
        spent.period_start,
        spent.period_end,
        spent.reporting_date,
        spent.dimension,
        spent.segment,
        case when known.are_books_known then spent.marketing_amount end as marketing_amount,
        case when known.is_media_known then spent.media_amount end as media_amount

    from spent

    inner join known
        on
            spent.period_grain = known.period_grain
            and spent.period_start = known.period_start

),

final as (

    {{ kpi_rows('marketing_spend', 'fully_loaded', 'told', 'marketing_amount') }}

    union all

    {{ kpi_rows('marketing_spend', 'media_only', 'told', 'media_amount') }}

)

select * from final
