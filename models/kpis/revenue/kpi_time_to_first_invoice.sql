with won_to_billed as (

    select * from {{ ref('agg_won_to_billed') }}

),

final as (

    {{ kpi_rows(
        'time_to_first_invoice', 'mean', 'won_to_billed', 'days_to_first_invoice',
        'invoiced_count'
    ) }}

    union all

    {#- A median has no numerator; the denominator says how many deals it is the middle of. #}
    {{ kpi_rows(
        'time_to_first_invoice', 'median', 'won_to_billed', none, 'invoiced_count',
        value='median_days_to_first_invoice',
        null_reason="case when invoiced_count = 0 then 'too_few' end"
    ) }}

    union all

    {{ kpi_rows(
        'time_to_first_invoice', 'not_yet_invoiced', 'won_to_billed', 'not_yet_invoiced_count'
    ) }}

)

select * from final
