with trials as (

    select * from {{ ref('fct_trials') }}

),

{{ aggregated('trials', cuts_of('customer_cuts'), {
    'ended': {
        'by': 'ended_date',
        'counts': {
            'ended_count': 'count(subscription_id)',
            'ended_converted_count':
                'count(case when first_paid_date is not null then subscription_id end)',
        },
    },
    'started': {
        'by': 'started_date',
        'counts': {
            'started_over_count':
                'count(case when ended_date is not null then subscription_id end)',
            'started_converted_count':
                'count(case when first_paid_date is not null then subscription_id end)',
            'started_running_count':
                'count(case when ended_date is null then subscription_id end)',
        },
    },
}, record=['subscription', 'subscription_id', 'fct_trials']) }}

select * from final
