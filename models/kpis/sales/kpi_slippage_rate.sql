with due_deals as (

    select * from {{ ref('agg_due_deals') }}

),

final as (

    {{ kpi_rows('slippage_rate', 'amount', 'due_deals', 'pushed_amount', 'due_amount') }}

    union all

    {{ kpi_rows('slippage_rate', 'deals', 'due_deals', 'pushed_count', 'due_count') }}

    union all

    {{ kpi_rows('slippage_rate', 'still_open', 'due_deals', 'still_open_amount', 'due_amount') }}

)

select * from final
