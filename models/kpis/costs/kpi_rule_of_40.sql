{{ config(meta={'has_given_cuts': false}) }}

-- Costs know no customers: there is only the total.
with growth as (

    select
        *,
        'mrr' as basis

    from {{ ref('kpi_mrr_growth_rate') }}

    where
        variant = 'previous_year'
        and dimension = 'all'

    union all

    select
        *,
        'revenue' as basis

    from {{ ref('kpi_sales_growth_rate') }}

    where
        variant = 'previous_year'
        and dimension = 'all'

),

mrr_margins as (

    select * from {{ ref('kpi_operating_result') }} where variant = 'margin'

),

line_months as (

    select * from {{ ref('agg_invoice_line_months') }} where dimension = 'all'

),

costs as (

    select * from {{ ref('agg_operating_costs') }} where dimension = 'all'

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

-- There is no margin on less than nothing.
margins as (

    select
        'mrr' as basis,
        period_grain,
        period_start,
        value,
        null_reason

    from mrr_margins

    union all

    select
        'revenue' as basis,
        line_months.period_grain,
        line_months.period_start,
        case
            when coverage.are_books_known and line_months.recognised_amount > 0
                then {{ ratio(
                    'line_months.recognised_amount - costs.operating_amount',
                    'line_months.recognised_amount'
                ) }}
        end as value,
        case
            when line_months.recognised_amount is null then 'no_source'
            when coverage.books_null_reason is not null then coverage.books_null_reason
            when line_months.recognised_amount = 0 then 'zero_denominator'
            when line_months.recognised_amount < 0 then 'too_few'
        end as null_reason

    from line_months

    inner join costs
        on {{ same_segment('line_months', 'costs') }}

    inner join coverage
        on
            line_months.period_grain = coverage.period_grain
            and line_months.period_start = coverage.period_start

),

added as (

    select
        growth.basis as variant,
        growth.period_grain,
        growth.period_start,
        growth.period_end,
        growth.dimension,
        growth.segment,
        growth.value + margins.value as score,
        {{ why_either('growth', 'margins') }} as null_reason,
        growth.is_provisional

    from growth

    inner join margins
        on
            growth.basis = margins.basis
            and growth.period_grain = margins.period_grain
            and growth.period_start = margins.period_start

),

final as (

    {{ kpi_rows(
        'rule_of_40', none, 'added', 'score',
        is_provisional='is_provisional', null_reason='null_reason'
    ) }}

)

select * from final
