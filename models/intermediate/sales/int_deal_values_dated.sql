{#- The days before and after all that is accepted. -#}
{%- set first_day = "cast('" ~ var('calendar_start') ~ "' as date)" -%}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

all_deals as (

    select * from {{ ref('stg_deals') }}

),

history as (

    select
        *,
        {{ reporting_day('changed_at') }} as changed_date,
        max(changed_at) over (partition by deal_id, property_name) as last_changed_at

    from {{ ref('stg_deal_property_history') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

-- Only the deal's own changes: the amount of a deal that was merged into it is not its own. If
-- several changes share the last moment, the change to today's value comes last.
changes as (

    select
        history.deal_id,
        history.property_name,
        history.changed_date,
        {{ in_reporting_currency('history.deal_amount', 'currency_rates') }} as deal_amount,
        history.close_date,
        history.owner_id,
        row_number() over (
            partition by history.deal_id, history.property_name, history.changed_date
            order by
                history.changed_at desc,
                case
                    when history.changed_at != history.last_changed_at then 0
                    when
                        history.property_name = 'amount'
                        and coalesce(history.deal_amount = all_deals.deal_amount, false)
                        then 1
                    when
                        history.property_name = 'close_date'
                        and coalesce(history.close_date = all_deals.close_date, false)
                        then 1
                    when
                        history.property_name = 'owner_id'
                        and coalesce(history.owner_id = all_deals.owner_id, false)
                        then 1
                    else 0
                end desc,
                history.input_row_id desc
        ) as change_rank

    from history

    inner join deals
        on history.deal_id = deals.deal_id

    inner join all_deals
        on history.deal_id = all_deals.deal_id

    left join currency_rates
        on all_deals.currency = currency_rates.currency

    where history.changed_date <= deals.reporting_date

),

daily as (

    select
        deal_id,
        property_name,
        changed_date,
        deal_amount,
        close_date,
        owner_id,
        lag(changed_date) over (
            partition by deal_id, property_name order by changed_date asc
        ) as previous_date,
        lead(changed_date) over (
            partition by deal_id, property_name order by changed_date asc
        ) as next_date

    from changes

    where change_rank = 1

),

{{ listed('properties', 'property_name', ['amount', 'close_date', 'owner_id']) }},

deal_properties as (

    select
        deals.deal_id,
        properties.property_name,
        deals.deal_amount,
        deals.close_date,
        deals.owner_id

    from deals

    cross join properties

),

-- The first value is taken to have been there before it was written down, and the deal itself is
-- right about the last one, unless the report looks back: then the deal tells of later days.
final as (

    select
        deal_properties.deal_id,
        deal_properties.property_name,
        case when daily.previous_date is null then {{ first_day }} else daily.changed_date end
            as valid_from,
        coalesce(daily.next_date, {{ last_day }}) as valid_until,
        {%- for column, property in [
            ('deal_amount', 'amount'), ('close_date', 'close_date'), ('owner_id', 'owner_id')
        ] %}
        case
            when deal_properties.property_name = '{{ property }}'
                then
                    case
                        when daily.deal_id is null then deal_properties.{{ column }}
                        {%- if not var('reporting_date') %}
                        when daily.next_date is null then deal_properties.{{ column }}
                        {%- endif %}
                        else daily.{{ column }}
                    end
        end as {{ column }}{% if not loop.last %},{% endif %}
        {%- endfor %}

    from deal_properties

    left join daily
        on
            deal_properties.deal_id = daily.deal_id
            and deal_properties.property_name = daily.property_name

)

select * from final
