{#- A table: readers sort and filter it, and its words are made once. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

{%- set reasons = renewal_reasons() -%}
with renewals as (

    select * from {{ ref('fct_renewals') }} where is_coming

),

-- Words are joined with a separator in front of each, and the first one is cut off.
in_words as (

    select
        renewals.*,
        case first_reason
            {%- for one in reasons %}
            when '{{ one.reason }}' then '{{ one.en }}'
            {%- endfor %}
            else 'no sign'
        end as first_reason_en,
        case first_reason
            {%- for one in reasons %}
            when '{{ one.reason }}' then '{{ one.fr }}'
            {%- endfor %}
            else 'aucun signe'
        end as first_reason_fr,
        ''
        {%- for one in reasons %}
        || case when {{ one.sign }} then '; {{ one.en }}' else '' end
        {%- endfor %} as known_en,
        ''
        {%- for one in reasons %}
        || case when {{ one.sign }} then ' ; {{ one.fr }}' else '' end
        {%- endfor %} as known_fr,
        ''
        {%- for one in reasons %}
        || case when {{ one.sign }} is null then ', {{ one.en }}' else '' end
        {%- endfor %} as unknown_en,
        ''
        {%- for one in reasons %}
        || case when {{ one.sign }} is null then ', {{ one.fr }}' else '' end
        {%- endfor %} as unknown_fr

    from renewals

),

final as (

    select
        subscription_id,
        due_date,
        {{ dbt.datediff('reporting_date', 'due_date', 'day') }} as days_until_due,
        customer_id,
        company_name,
        owner_name,
        team,
        plan,
        industry,
        country,
        term_months,
        cast(mrr_amount as {{ kpi_part_type() }}) as mrr_amount,
        cast(case when first_reason != 'none' then mrr_amount else 0 end as {{ kpi_part_type() }})
            as mrr_at_risk_amount,
        -- One that was past due before it asked to cancel, or never asked, would leave because it
        -- did not pay.
        cast(
            case
                when past_due_date is null or cancel_asked_date <= past_due_date then 0
                else mrr_amount
            end as {{ kpi_part_type() }}
        ) as involuntary_at_risk_amount,
        first_reason,
        first_reason_en,
        first_reason_fr,
        case when known_en = '' then 'no sign' else substring(known_en, 3) end
        || case
            when unknown_en = '' then '' else ' (not known: ' || substring(unknown_en, 3) || ')'
        end as reasons_en,
        case when known_fr = '' then 'aucun signe' else substring(known_fr, 4) end
        || case
            when unknown_fr = '' then '' else ' (inconnu : ' || substring(unknown_fr, 3) || ')'
        end as reasons_fr,
        has_asked_to_cancel,
        cancel_asked_date,
        is_past_due,
        past_due_date,
        has_contracted,
        cast(contraction_12_months_amount as {{ kpi_part_type() }})
            as contraction_12_months_amount,
        has_low_nps,
        nps_score,
        nps_date,
        reporting_date

    from in_words

)

select * from final
