{%- set steps = funnel_steps() -%}
{%- set horizon = var('cohort_horizon_days') -%}

{#- How many reached each stage; strict counts need an entry of their own. -#}
{%- set slices = {} -%}
{%- for stage in ['lead', 'mql', 'sql', 'opportunity', 'customer'] -%}
    {%- do slices.update({
        stage ~ 's': {
            'by': stage ~ '_date',
            'counts': {stage ~ '_count': 'count(contact_id)'},
        },
        'strict_' ~ stage ~ 's': {
            'by': 'own_' ~ stage ~ '_date',
            'counts': {'strict_' ~ stage ~ '_count': 'count(contact_id)'},
        },
    }) -%}
{%- endfor %}

{#- How many of them went on, ever and in time, and how many of these entered in a period. -#}
{%- for step, from_stage, to_stage in steps -%}
    {%- do slices[from_stage ~ 's'].counts.update({
        step ~ '_count': 'count(' ~ to_stage ~ '_date)',
        step ~ '_in_horizon_count':
            'count(case when ' ~ step ~ '_days <= ' ~ horizon ~ ' then contact_id end)',
    }) -%}
    {%- do slices['strict_' ~ from_stage ~ 's'].counts.update({
        'strict_' ~ step ~ '_count': 'count(strict_' ~ step ~ '_date)',
        'strict_' ~ step ~ '_in_horizon_count':
            'count(case when strict_' ~ step ~ '_days <= ' ~ horizon ~ ' then contact_id end)',
    }) -%}
    {%- do slices.update({
        'strict_' ~ step ~ '_entries': {
            'by': 'strict_' ~ step ~ '_date',
            'counts': {'strict_' ~ step ~ '_entry_count': 'count(contact_id)'},
        },
    }) -%}
{%- endfor -%}
{%- do slices.leads.counts.update({
    'lead_to_sql_count': 'count(sql_date)',
    'lead_to_opportunity_count': 'count(opportunity_date)',
    'referral_lead_count': 'count(referred_contact_id)',
}) -%}
{%- do slices.update({
    'leads_with_outcomes': {
        'by': 'lead_date',
        'needs': ['outcomes'],
        'counts': {
            'lead_with_outcomes_count': 'count(contact_id)',
            'won_lead_count': 'count(first_won_date)',
            'lost_to_competitor_lead_count': 'count(lost_to_competitor_date)',
        },
    },
    'won_lead_entries': {
        'by': 'won_lead_date',
        'needs': ['outcomes'],
        'counts': {
            'won_lead_entry_count': 'count(contact_id)',
        },
    },
    'sqls_with_quotes': {
        'by': 'sql_date',
        'needs': ['quotes', 'deals_of_contacts'],
        'counts': {
            'sql_with_quotes_count': 'count(contact_id)',
            'sql_to_quote_count': 'count(first_quote_date)',
        },
    },
    'sql_to_quote_entries': {
        'by': 'quoted_sql_date',
        'needs': ['quotes', 'deals_of_contacts'],
        'counts': {
            'sql_to_quote_entry_count': 'count(contact_id)',
        },
    },
}) -%}

-- A step is strict if the contact was in both stages itself, and not in the later one before.
with contacts_in_steps as (

    select
        *,
        {%- for step, from_stage, to_stage in steps %}
        case
            when own_{{ to_stage }}_date >= own_{{ from_stage }}_date then own_{{ to_stage }}_date
        end as strict_{{ step }}_date,
        {%- endfor %}
        case when lead_date is not null then first_won_date end as won_lead_date,
        case when sql_date is not null then first_quote_date end as quoted_sql_date

    from {{ ref('fct_contact_funnel') }}

),

contacts as (

    select
        *,
        {%- for step, from_stage, to_stage in steps %}
        {{ dbt.datediff(from_stage ~ '_date', to_stage ~ '_date', 'day') }} as {{ step }}_days,
        {{ dbt.datediff('own_' ~ from_stage ~ '_date', 'strict_' ~ step ~ '_date', 'day') }}
            as strict_{{ step }}_days,
        {%- endfor %}
        case when channel = 'referral' then contact_id end as referred_contact_id

    from contacts_in_steps

),

quotes as (

    select * from {{ ref('fct_quotes') }}

),

-- If no deal has a contact, it is unknown which leads were quoted.
deals_of_contacts as (

    select * from {{ ref('fct_deals') }} where contact_id is not null

),

-- If no such deal has an outcome, the outcome of the leads is unknown.
outcomes as (

    select * from deals_of_contacts where is_won is not null

),

{{ aggregated(
    'contacts', cuts_of('contact_cuts'), slices, has_weeks=true,
    record=['contact', 'contact_id', 'fct_contact_funnel']
) }}

select * from final
