with mrr_months as (

    select * from {{ ref('agg_mrr_months') }}

),

-- A segment without customers has no largest ones, and they pay nothing.
largest as (

    select
        *,
        case when mrr_amount is not null then coalesce(largest_mrr_amount, 0) end as of_1_amount,
        case when mrr_amount is not null then coalesce(largest_5_mrr_amount, 0) end
            as of_5_amount,
        case when mrr_amount is not null then coalesce(largest_10_mrr_amount, 0) end
            as of_10_amount

    from mrr_months

),

final as (

    {{ kpi_rows('customer_concentration', 'largest_10', 'largest', 'of_10_amount', 'mrr_amount') }}

    union all

    {{ kpi_rows('customer_concentration', 'largest_5', 'largest', 'of_5_amount', 'mrr_amount') }}

    union all

    {{ kpi_rows('customer_concentration', 'largest_1', 'largest', 'of_1_amount', 'mrr_amount') }}

)

select * from final
