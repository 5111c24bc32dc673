with costs as (

    select
        *,
        cost_function = 'marketing' as is_marketing,
        -- Money that is spent now may win customers some months later.
        cast({{ dbt.dateadd('month', var('cac_lag_months'), 'cost_date') }} as date) as effect_date

    from {{ ref('fct_costs') }}

    where cost_function in ('marketing', 'sales')

),

{{ aggregated('costs', var('spend_cuts'), {
    'effective': {
        'by': 'effect_date',
        'sums': {
            'direct_amount': 'sum(case when not is_shared then cost_amount end)',
            'shared_amount': 'sum(case when is_shared then cost_amount end)',
            'marketing_direct_amount':
                'sum(case when is_marketing and not is_shared then cost_amount end)',
            'marketing_shared_amount':
                'sum(case when is_marketing and is_shared then cost_amount end)',
            'media_amount': 'sum(case when is_media then cost_amount end)',
        },
    },
}, record=['cost', 'cost_id', 'fct_costs']) }}

select * from final
