-- Of a deal whose stage is in no pipeline nobody knows whether it was won.
with deals as (

    select * from {{ ref('fct_deals') }} where is_won is not null

),

quotes as (

    select * from {{ ref('fct_quotes') }}

),

{{ measured_by_period('quoted', 'deals', 'first_quote_date', var('deal_cuts'), {
    'quoted_count': 'count(deal_id)',
    'won_count': 'count(case when is_won then deal_id end)',
}, needs=['quotes']) }},

final as (

    {{ kpi_rows('quoted_to_won_rate', 'rate', 'quoted', 'won_count', 'quoted_count') }}

    union all

    {{ kpi_rows('quoted_to_won_rate', 'quoted_per_won', 'quoted', 'quoted_count', 'won_count') }}

)

select * from final
