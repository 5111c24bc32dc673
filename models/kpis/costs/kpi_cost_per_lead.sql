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
    'measured', 'costs', ['direct_amount', 'shared_amount', 'media_amount'],
    'entries', ['lead_count', 'strict_lead_count']
) }},

-- Every lead bears the same share of the costs without a channel.
{{ spread_shared('loaded', 'measured', {
    'full_amount': {'direct': 'direct_amount', 'shared': 'shared_amount', 'weight': 'lead_count'},
    'strict_amount': {
        'direct': 'direct_amount',
        'shared': 'shared_amount',
        'weight': 'strict_lead_count',
    },
}) }},

known as (

    select
        loaded.*,
        case when coverage.are_books_known then loaded.full_amount end as known_full_amount,
        case when coverage.are_books_known then loaded.strict_amount end as known_strict_amount,
        case when coverage.is_media_known then loaded.media_amount end as known_media_amount,
        coverage.books_null_reason,
        coverage.media_null_reason

    from loaded

    inner join coverage
        on
            loaded.period_grain = coverage.period_grain
            and loaded.period_start = coverage.period_start

),

final as (

    {{ kpi_rows(
        'cost_per_lead', 'fully_loaded', 'known', 'known_full_amount', 'lead_count',
        value=price('known_full_amount', 'lead_count'),
        null_reason=why_no_price('known_full_amount', 'lead_count', 'books_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_lead', 'media_only', 'known', 'known_media_amount', 'lead_count',
        value=price('known_media_amount', 'lead_count'),
        null_reason=why_no_price('known_media_amount', 'lead_count', 'media_null_reason')
    ) }}

    union all

    {{ kpi_rows(
        'cost_per_lead', 'strict', 'known', 'known_strict_amount', 'strict_lead_count',
        value=price('known_strict_amount', 'strict_lead_count'),
        null_reason=why_no_price('known_strict_amount', 'strict_lead_count', 'books_null_reason')
    ) }}

)

select * from final
