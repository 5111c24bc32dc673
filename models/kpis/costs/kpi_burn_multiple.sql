{{ config(meta={'has_given_cuts': false}) }}

-- Costs know no customers: there is only the total.
with movements as (

    select * from {{ ref('agg_mrr_movements') }} where dimension = 'all'

),

costs as (

    select * from {{ ref('agg_costs') }} where dimension = 'all'

),

operating_costs as (

    select * from {{ ref('agg_operating_costs') }} where dimension = 'all'

),

invoice_lines as (

    select * from {{ ref('agg_invoice_lines') }} where dimension = 'all'

),

mrr_months as (

    select * from {{ ref('agg_mrr_months') }} where dimension = 'all'

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ first_balance() }},

-- Both sides by the day of their invoice: nearest to the cash that came and went.
burnt as (

    select
        'invoiced' as variant,
        costs.period_grain,
        costs.period_start,
        costs.total_amount - invoice_lines.revenue_amount as burn_amount,
        invoice_lines.revenue_amount is not null as is_income_known

    from costs

    inner join invoice_lines
        on {{ same_segment('costs', 'invoice_lines') }}

    union all

    select
        'operating' as variant,
        operating_costs.period_grain,
        operating_costs.period_start,
        operating_costs.operating_amount - mrr_months.summed_mrr_amount as burn_amount,
        mrr_months.summed_mrr_amount is not null as is_income_known

    from operating_costs

    inner join mrr_months
        on {{ same_segment('operating_costs', 'mrr_months') }}

),

-- The first balance is no growth: what was there before it is unknown.
grown as (

    select
        *,
        12 * net_amount as net_new_arr_amount,
        case when net_amount is null then 'no_source' else {{ not_yet_at_start() }} end
            as null_reason

    from movements

),

burnt_by_known_books as (

    select
        burnt.variant,
        burnt.period_grain,
        burnt.period_start,
        case when coverage.are_books_known then burnt.burn_amount end as burn_amount,
        case when burnt.is_income_known then coverage.books_null_reason else 'no_source' end
            as null_reason

    from burnt

    inner join coverage
        on
            burnt.period_grain = coverage.period_grain
            and burnt.period_start = coverage.period_start

),

side_by_side as (

    select
        burnt_by_known_books.variant,
        grown.period_grain,
        grown.period_start,
        grown.period_end,
        grown.reporting_date,
        grown.dimension,
        grown.segment,
        burnt_by_known_books.burn_amount,
        case when grown.null_reason is null then grown.net_new_arr_amount end
            as net_new_arr_amount,
        {{ why_either('grown', 'burnt_by_known_books') }} as null_reason

    from grown

    inner join burnt_by_known_books
        on
            grown.period_grain = burnt_by_known_books.period_grain
            and grown.period_start = burnt_by_known_books.period_start

),

-- A company that burns nothing, or loses revenue, would else look as good as can be, below 0.
final as (

    {{ kpi_rows(
        'burn_multiple', none, 'side_by_side', 'burn_amount', 'net_new_arr_amount',
        value='case when burn_amount > 0 and net_new_arr_amount > 0 then '
        ~ ratio('burn_amount', 'net_new_arr_amount') ~ ' end',
        null_reason="coalesce(null_reason, case when burn_amount <= 0 then 'no_burn' "
        ~ "when net_new_arr_amount <= 0 then 'no_growth' end)"
    ) }}

)

select * from final
