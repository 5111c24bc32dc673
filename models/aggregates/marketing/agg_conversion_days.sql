{{ config(meta={'has_given_cuts': false}) }}
{#- Conversion -> the rows that convert, their day in the cohort, and that of the conversion. -#}
{%- set conversions = {
    'visitor_to_lead': ('visitors', 'first_visit_date', 'lead_date'),
    'visitor_to_mql': ('visitors', 'first_visit_date', 'mql_date'),
    'visitor_to_customer': ('visitors', 'first_visit_date', 'customer_date'),
    'sql_to_quote': ('contacts', 'sql_date', 'first_quote_date'),
    'lead_to_answer': ('contacts', 'lead_date', 'answered_date'),
    'lead_to_won': ('contacts', 'lead_date', 'first_won_date'),
    'lead_to_lost': ('contacts', 'lead_date', 'lost_to_competitor_date'),
    'created_to_won': ('won_deals', 'created_date', 'closed_date'),
    'quoted_to_won': ('won_deals', 'first_quote_date', 'closed_date'),
    'stage_to_later': ('deal_stages', 'entered_date', 'went_on_date'),
    'strict_stage_to_later': ('deal_stages', 'own_entered_date', 'own_went_on_date'),
} -%}
{%- for step, from_stage, to_stage in funnel_steps() -%}
    {%- do conversions.update({
        step: ('contacts', from_stage ~ '_date', to_stage ~ '_date'),
        'strict_' ~ step: ('contacts', 'own_' ~ from_stage ~ '_date', 'own_' ~ to_stage ~ '_date'),
    }) -%}
{%- endfor -%}

{#- Spending wins parts of deals: a conversion counts by the part that its month of spend has. -#}
{%- set weights = {} -%}
{%- for model in ['first_touch', 'last_touch', 'linear', 'time_decay', 'position_based'] -%}
    {%- do conversions.update({
        model ~ '_of_spend_to_won': ('spend_credits', 'spend_month', 'closed_date'),
    }) -%}
    {%- do weights.update({
        model ~ '_of_spend_to_won': 'spend_share * ' ~ model ~ '_credit',
    }) -%}
{%- endfor -%}

{#- What was reached before the cohort's day is no conversion of these; of the others it is one. -#}
{%- set in_order = ['visitor', 'strict'] -%}

with contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

visitors as (

    select * from {{ ref('fct_visitors') }}

),

won_deals as (

    select * from {{ ref('fct_deals') }} where is_won

),

deal_stages as (

    select * from {{ ref('fct_deal_stages') }}

),

spend_credits as (

    select * from {{ ref('fct_spend_credits') }}

),

reporting as (

    select max(reporting_date) as reporting_date from {{ ref('dim_periods') }}

),

{{ listed('kinds', 'conversion', conversions.keys()) }},

converted as (
    {% for conversion, (rows, from_date, to_date) in conversions.items() %}
    {%- if not loop.first %}

    union all
    {% endif %}
    select
        '{{ conversion }}' as conversion,
        {{ dbt.datediff(from_date, to_date, 'day') }} as days,
        cast({{ weights.get(conversion, 1) }} as decimal(18, 12)) as weight

    from {{ rows }}

    where
        {{ from_date }} is not null
        and {{ to_date }} is not null
        {%- if conversion.split('_')[0] in in_order %}
        and {{ to_date }} >= {{ from_date }}
        {%- endif %}
    {%- endfor %}

),

-- Done before the cohort's day is done at once: a period is not mature before it is over.
counted as (

    select
        conversion,
        greatest(days, 0) as days,
        sum(weight) as conversion_count

    from converted

    where weight > 0

    group by
        conversion,
        greatest(days, 0)

),

added_up as (

    select
        conversion,
        days,
        sum(conversion_count) over (partition by conversion order by days asc) as count_so_far,
        sum(conversion_count) over (partition by conversion) as conversion_count

    from counted

),

matured as (

    select
        conversion,
        max(conversion_count) as conversion_count,
        min(case when count_so_far >= conversion_count * {{ var('mature_share') }} then days end)
            as maturity_days

    from added_up

    group by conversion

),

final as (

    select
        kinds.conversion,
        cast(round(coalesce(matured.conversion_count, 0), 0) as bigint) as conversion_count,
        cast(matured.maturity_days as bigint) as maturity_days,
        cast(
            {{ dbt.dateadd('day', '-1 * matured.maturity_days', 'reporting.reporting_date') }}
            as date
        ) as mature_until

    from kinds

    cross join reporting

    left join matured
        on kinds.conversion = matured.conversion

)

select * from final
