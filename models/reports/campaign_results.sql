{#- A table: readers sort and filter it, and it reads the table of all KPIs. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

with campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

spend_months as (

    select * from {{ ref('fct_spend_months') }} where campaign_name is not null

),

-- A campaign bears its part of the shared costs in the months in which it is paid.
loaded_months as (

    select
        segment as campaign_name,
        period_start as spend_month,
        denominator as loaded_amount

    from {{ ref('kpi_values') }}

    where
        kpi = 'marketing_roi'
        and variant = 'first_touch_of_spend'
        and period_grain = 'month'
        and dimension = 'campaign'

),

contacts as (

    select * from {{ ref('fct_contact_funnel') }}

),

all_credits as (

    select * from {{ ref('fct_deal_credits') }} where is_won is not null

),

-- Wins count from the day on which they were closed, as in the KPIs.
credits as (

    select
        *,
        is_won and closed_date is not null as is_win

    from all_credits

    where
        is_marketing
        and campaign_name is not null

),

maturity as (

    select case when count(mature_until) = count(*) then min(mature_until) end as mature_until

    from {{ ref('agg_conversion_days') }}

    where conversion in ('first_touch_of_spend_to_won', 'last_touch_of_spend_to_won')

),

{{ tracing_of('all_credits') }},

known as (

    select count(*) > 0 as has_contacts from contacts

),

names as (

    select
        campaign_name,
        min(channel) as channel,
        min(start_date) as start_date,
        max(end_date) as end_date

    from campaigns

    group by campaign_name

),

spent as (

    select
        spend_months.campaign_name,
        max(spend_months.spend_month) as last_spend_month,
        sum(spend_months.spent_amount) as direct_cost_amount,
        case
            when count(loaded_months.loaded_amount) = count(*)
                then sum(loaded_months.loaded_amount)
        end as loaded_cost_amount

    from spend_months

    left join loaded_months
        on
            spend_months.campaign_name = loaded_months.campaign_name
            and spend_months.spend_month = loaded_months.spend_month

    group by spend_months.campaign_name

),

reached as (

    select
        campaign_name,
        count(lead_date) as lead_count,
        count(mql_date) as mql_count,
        count(opportunity_date) as opportunity_contact_count

    from contacts

    group by campaign_name

),

credited as (

    select
        {% for model in ['first_touch', 'last_touch'] -%}
        count(case when is_win and {{ model }}_credit > 0 then deal_id end)
            as {{ model }}_won_count,
        sum(case when is_win and {{ model }}_credit > 0 then {{ model }}_amount end)
            as {{ model }}_won_amount,
        count(case when not is_closed and {{ model }}_credit > 0 then deal_id end)
            as {{ model }}_open_count,
        sum(case when not is_closed and {{ model }}_credit > 0 then {{ model }}_amount end)
            as {{ model }}_open_amount,
        {% endfor -%}
        campaign_name

    from credits

    group by campaign_name

),

joined as (

    select
        names.campaign_name,
        names.channel,
        names.start_date,
        names.end_date,
        spent.last_spend_month,
        spent.direct_cost_amount,
        spent.loaded_cost_amount,
        {%- for stage in ['lead', 'mql', 'opportunity_contact'] %}
        case when known.has_contacts then coalesce(reached.{{ stage }}_count, 0) end
            as {{ stage }}_count,
        {%- endfor %}
        {%- for model in ['first_touch', 'last_touch'] %}
        case when tracing.is_traced then coalesce(credited.{{ model }}_won_count, 0) end
            as {{ model }}_won_count,
        -- Deals without any known amount bring an unknown one; no deals bring 0.
        {%- for state in ['won', 'open'] %}
        case
            when not tracing.is_traced then null
            when credited.{{ model }}_{{ state }}_count > 0
                then credited.{{ model }}_{{ state }}_amount
            else 0
        end as {{ model }}_{{ state }}_amount,
        {%- endfor %}
        {%- endfor %}
        cast({{ dbt.last_day('spent.last_spend_month', 'month') }} as date) <= maturity.mature_until
            as is_mature

    from names

    cross join tracing

    cross join maturity

    cross join known

    left join spent
        on names.campaign_name = spent.campaign_name

    left join reached
        on names.campaign_name = reached.campaign_name

    left join credited
        on names.campaign_name = credited.campaign_name

),

final as (

    select
        campaign_name,
        channel,
        start_date,
        end_date,
        last_spend_month,
        cast(direct_cost_amount as {{ kpi_part_type() }}) as direct_cost_amount,
        cast(loaded_cost_amount as {{ kpi_part_type() }}) as loaded_cost_amount,
        cast(lead_count as bigint) as lead_count,
        cast(mql_count as bigint) as mql_count,
        cast(opportunity_contact_count as bigint) as opportunity_contact_count,
        {%- for model in ['first_touch', 'last_touch'] %}
        cast({{ model }}_won_count as bigint) as {{ model }}_won_count,
        cast({{ model }}_won_amount as {{ kpi_part_type() }}) as {{ model }}_won_amount,
        cast({{ model }}_open_amount as {{ kpi_part_type() }}) as {{ model }}_open_amount,
        {%- for cost in ['direct', 'loaded'] %}
        case
            when {{ cost }}_cost_amount > 0
                then {{ ratio(
                    model ~ '_won_amount - ' ~ cost ~ '_cost_amount', cost ~ '_cost_amount'
                ) }}
        end as {{ model }}_{{ cost }}_roi,
        {%- endfor %}
        {%- endfor %}
        coalesce(is_mature, false) as is_mature

    from joined

)

select * from final
