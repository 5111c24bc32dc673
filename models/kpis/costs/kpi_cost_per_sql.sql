with costs as (

    select * from {{ ref('agg_marketing_costs') }}

),

entries as (

    select * from {{ ref('agg_stage_entries') }}

),

coverage as (

    select * from {{ ref('agg_cost_coverage') }}

),

{{ measured_together(
    'measured', 'costs', ['direct_amount', 'shared_amount'],
    'entries', ['sql_count', 'strict_sql_count']
) }},

-- Costs of no channel are borne alike by every contact that enters the stage.
{{ spread_shared('loaded', 'measured', {
    'full_amount': {'direct': 'direct_amount', 'shared': 'shared_amount', 'weight': 'sql_count'},
    'strict_amount': {
        'direct': 'direct_amount',
        'shared': 'shared_amount',
        'weight': 'strict_sql_count',
    },
}) }},

known as (

    select
        loaded.*,
        case when coverage.are_books_known then loaded.full_amount end as known_full_amount,
        case when coverage.are_books_known then loaded.strict_amount end as known_strict_amount,
        coverage.books_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

),

final as (

    {{ kpi_rows(
        'cost_per_sql', 'average', 'known', 'known_full_amount', 'sql_count',
        value=price('known_full_amount', 'sql_count'),
        null_reason=why_no_price('known_full_amount', 'sql_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_sql', 'strict', 'known', 'known_strict_amount', 'strict_sql_count',
        value=price('known_strict_amount', 'strict_sql_count'),
        null_reason=why_no_price('known_strict_amount', 'strict_sql_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_sql', 'total', 'known', 'known_full_amount',
        null_reason='books_null_reason'
    ) }}

)

select * from final
