-- A channel that the reference does not list has no touchpoint and is compared by itself.
with visited_origins as (

    select distinct coalesce(touchpoint, channel) as origin from {{ ref('fct_touches') }}

),

contacts as (

    select funnel.*

    from {{ ref('fct_contact_funnel') }} as funnel

    inner join visited_origins
        on coalesce(funnel.touchpoint, funnel.channel) = visited_origins.origin

),

{{ aggregated('contacts', var('visit_cuts'), {
    'leads': {
        'by': 'lead_date',
        'counts': {
            'lead_count': 'count(contact_id)',
        },
    },
    'mqls': {
        'by': 'mql_date',
        'counts': {
            'mql_count': 'count(contact_id)',
        },
    },
    'customers': {
        'by': 'customer_date',
        'counts': {
            'customer_count': 'count(contact_id)',
        },
    },
}, has_weeks=true, record=['contact', 'contact_id', 'fct_contact_funnel']) }}

select * from final
