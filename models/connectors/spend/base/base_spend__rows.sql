{{ config(enabled=connector_is_active('spend')) }}

with reported as (

    select
        {{ cell_text(field('report_shape')) }} as platform,
        {{ cell_text(field('account')) }} as account,
        {{ field('spent_on') }} as spent_on,
        {{ cell_text(field('campaign_id')) }} as campaign_id,
        {{ cell_text(field('campaign_name')) }} as campaign_name,
        {{ cell_text(field('source')) }} as source,
        {{ cell_text(field('spend_amount')) }} as spend_amount,
        upper({{ cell_text(field('currency')) }}) as currency

    from {{ extract('spend', 'spend') }}

),

final as (

    select
        reported.platform,
        reported.account,
        -- A format is a constant of the function that reads it.
        case platforms.date_format
            {%- for format in spend_date_formats() %}
            when '{{ format }}' then {{ day_of('reported.spent_on', format) }}
            {%- endfor %}
            else {{ day_of('reported.spent_on') }}
        end as spent_on,
        reported.campaign_id,
        reported.campaign_name,
        coalesce(reported.source, platforms.source) as source,
        coalesce(platforms.campaign_key, 'name') as campaign_key,
        money_in_text(
            reported.spend_amount,
            coalesce(platforms.decimal_mark, '.'),
            coalesce(reported.currency, {{ currency_of_source() }})
        ) as spend_amount,
        coalesce(reported.currency, {{ currency_of_source() }}) as currency

    from reported

    left join {{ ref('spend_platforms') }} as platforms
        on reported.platform = platforms.platform

    -- A day without spend: Google Ads writes two dashes. A word stays, for the gate to name it.
    where
        reported.spend_amount is not null
        and regexp_matches(reported.spend_amount, '[\p{L}\p{N}]')

)

select * from final
