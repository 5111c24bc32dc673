with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

{{ aggregated('contacts', var('spend_cuts'), {
    'leads': {
        'by': 'lead_date',
        'counts': {
            'lead_count': 'count(contact_id)',
        },
    },
    'strict_leads': {
        'by': 'own_lead_date',
        'counts': {
            'strict_lead_count': 'count(contact_id)',
        },
    },
    'mqls': {
        'by': 'mql_date',
        'counts': {
            'mql_count': 'count(contact_id)',
        },
    },
    'strict_mqls': {
        'by': 'own_mql_date',
        'counts': {
            'strict_mql_count': 'count(contact_id)',
        },
    },
    'sqls': {
        'by': 'sql_date',
        'counts': {
            'sql_count': 'count(contact_id)',
        },
    },
    'strict_sqls': {
        'by': 'own_sql_date',
        'counts': {
            'strict_sql_count': 'count(contact_id)',
        },
    },
    'opportunities': {
        'by': 'opportunity_date',
        'counts': {
            'opportunity_count': 'count(contact_id)',
        },
    },
    'strict_opportunities': {
        'by': 'own_opportunity_date',
        'counts': {
            'strict_opportunity_count': 'count(contact_id)',
        },
    },
}, record=['contact', 'contact_id', 'fct_contact_funnel']) }}

select * from final
