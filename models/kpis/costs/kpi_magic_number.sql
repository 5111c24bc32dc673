{{ config(meta={'has_given_cuts': false}) }}

-- Most of what sales and marketing cost belongs to no segment: there is only the total.
with movements as (

    select * from {{ ref('agg_mrr_movements') }} where dimension = 'all'

),

line_months as (

    select * from {{ ref('agg_invoice_line_months') }} where dimension = 'all'

),

costs as (

    select * from {{ ref('agg_acquisition_costs') }} where dimension = 'all'

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

{{ first_balance() }},

-- Money that was spent in one period sells in the next.
spent_before as (

    select
        periods.period_grain,
        periods.period_start,
        periods.previous_period_start,
        case when earlier.are_books_known then costs.direct_amount + costs.shared_amount end
            as cost_amount,
        case
            when coverage.books_null_reason = 'no_source' then 'no_source'
            when earlier.period_start is null then 'not_yet'
            else earlier.books_null_reason
        end as null_reason

    from periods

    inner join coverage
        on
            periods.period_grain = coverage.period_grain
            and periods.period_start = coverage.period_start

    left join coverage as earlier
        on
            periods.period_grain = earlier.period_grain
            and periods.previous_period_start = earlier.period_start

    left join costs
        on
            periods.period_grain = costs.period_grain
            and periods.previous_period_start = costs.period_start

),

-- The first balance is no growth: what was there before it is unknown.
arr_gains as (

    select
        'net_new_arr' as variant,
        period_grain,
        period_start,
        period_end,
        reporting_date,
        dimension,
        segment,
        12 * net_amount as gain_amount,
        case when net_amount is null then 'no_source' else {{ not_yet_at_start() }} end
            as null_reason

    from movements

),

-- The revenue of a quarter counts four times in a year.
revenue_gains as (

    select
        'revenue' as variant,
        line_months.period_grain,
        line_months.period_start,
        line_months.period_end,
        line_months.reporting_date,
        line_months.dimension,
        line_months.segment,
        (line_months.recognised_amount - earlier.recognised_amount)
        * {{ periods_in_a_year('line_months.period_grain') }} as gain_amount,
        case
            when line_months.recognised_amount is null then 'no_source'
            when earlier.period_start is null then 'not_yet'
        end as null_reason

    from line_months

    inner join periods
        on
            line_months.period_grain = periods.period_grain
            and line_months.period_start = periods.period_start

    left join line_months as earlier
        on
            periods.period_grain = earlier.period_grain
            and periods.previous_period_start = earlier.period_start

),

gains as (

    select * from arr_gains

    union all

    select * from revenue_gains

),

side_by_side as (

    select
        gains.variant,
        gains.period_grain,
        gains.period_start,
        gains.period_end,
        gains.reporting_date,
        gains.dimension,
        gains.segment,
        case when gains.null_reason is null then gains.gain_amount end as gain_amount,
        spent_before.cost_amount,
        coalesce(
            {{ why_either('gains', 'spent_before') }},
            case when spent_before.cost_amount < 0 then 'too_few' end
        ) as null_reason

    from gains

    inner join spent_before
        on
            gains.period_grain = spent_before.period_grain
            and gains.period_start = spent_before.period_start

),

-- A refund brings nothing.
final as (

    {{ kpi_rows(
        'magic_number', none, 'side_by_side', 'gain_amount', 'cost_amount',
        value='case when cost_amount > 0 then ' ~ ratio('gain_amount', 'cost_amount') ~ ' end',
        null_reason='null_reason'
    ) }}

)

select * from final
