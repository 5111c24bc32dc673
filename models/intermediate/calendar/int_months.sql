with fiscal_months as (

    select * from {{ ref('int_fiscal_months') }}

),

final as (

    select
        month_start,
        fiscal_month_number,
        -- A balance is that of the month's last day, and never of a day after the report.
        least(
            cast({{ dbt.last_day('month_start', 'month') }} as date), reporting_date
        ) as balance_date,
        reporting_date

    from fiscal_months

    where month_start <= reporting_date

)

select * from final
