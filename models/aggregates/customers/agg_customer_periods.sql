with customer_periods as (

    select
        *,
        case when was_active_in_12_months and has_12_months then customer_id end
            as yearly_customer_id

    from {{ ref('fct_customer_periods') }}

),

{{ aggregated('customer_periods', cuts_of('customer_cuts'), {
    'counted': {
        'parts': 'given',
        'counts': {
            'customer_count_12_months': 'count(yearly_customer_id)',
            'lost_customer_count_12_months':
                'count(case when not is_active_at_end then yearly_customer_id end)',
        },
    },
}, record=['customer', 'customer_id', 'fct_customer_periods']) }}

select * from final
