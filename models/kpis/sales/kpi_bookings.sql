with deals as (

    select * from {{ ref('agg_deals') }}

),

final as (

    {{ kpi_rows('bookings', 'amount', 'deals', 'won_amount') }}

    union all

    {{ kpi_rows('bookings', 'deals', 'deals', 'won_count') }}

)

select * from final
