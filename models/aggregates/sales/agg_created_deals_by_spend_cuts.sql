with deals as (

    select * from {{ ref('fct_deals') }}

),

-- If no deal has an outcome, it is unknown which companies were customers before.
outcomes as (

    select * from deals where is_won is not null

),

{{ aggregated('deals', var('spend_cuts'), {
    'created': {
        'by': 'created_date',
        'counts': {
            'deal_count': 'count(deal_id)',
        },
    },
    'created_for_new_customers': {
        'by': 'created_date',
        'needs': ['outcomes'],
        'counts': {
            'new_business_deal_count':
                "count(case when customer_type = 'new' then deal_id end)",
        },
    },
}) }}

select * from final
