{#- Later than any day of the data: a value that nothing followed still holds. -#}
{%- set last_day = "cast('" ~ var('calendar_end') ~ "' as date)" -%}
-- What the property history alone had written by the evening of each day.
with history as (

    select
        *,
        {{ reporting_day('changed_at') }} as changed_date

    from {{ ref('stg_deal_property_history') }}

),

deals as (

    select * from {{ ref('int_deals_counted') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

of_days as (

    select
        history.deal_id,
        history.property_name,
        history.changed_date,
        {{ in_reporting_currency('history.deal_amount', 'currency_rates') }} as deal_amount,
        history.close_date,
        history.owner_id,
        row_number() over (
            partition by history.deal_id, history.property_name, history.changed_date
            order by history.changed_at desc, history.input_row_id desc
        ) as rank_of_day

    from history

    inner join deals
        on history.deal_id = deals.deal_id

    inner join reporting
        on history.changed_date <= reporting.reporting_date

    left join currency_rates
        on deals.currency = currency_rates.currency

),

final as (

    select
        deal_id,
        property_name,
        deal_amount,
        close_date,
        owner_id,
        changed_date as written_from,
        coalesce(
            lead(changed_date) over (
                partition by deal_id, property_name order by changed_date asc
            ),
            {{ last_day }}
        ) as written_until

    from of_days

    where rank_of_day = 1

)

select * from final
