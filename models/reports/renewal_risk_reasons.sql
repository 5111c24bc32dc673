{#- A table: it counts past renewals once. -#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}

{%- set reasons = renewal_reasons() -%}
with renewals as (

    -- A provisional outcome has not come true, nor failed to.
    select * from {{ ref('fct_renewals') }} where not is_coming and not is_provisional

),

flagged as (

    {%- for one in reasons %}
    select
        {{ loop.index }} as reason_order,
        '{{ one.reason }}' as reason,
        '{{ one.en }}' as reason_en,
        '{{ one.fr }}' as reason_fr,
        {{ one.sign }} as has_sign,
        renewals.*

    from renewals

    union all
    {% endfor %}
    select
        {{ reasons | length + 1 }} as reason_order,
        'none' as reason,
        'no sign' as reason_en,
        'aucun signe' as reason_fr,
        first_reason = 'none' as has_sign,
        renewals.*

    from renewals

),

-- A monthly renewal is asked twelve times a year: the terms are shown apart, and together.
by_term as (

    select
        flagged.*,
        'all' as term_length

    from flagged

    union all

    select
        flagged.*,
        case when term_months = 1 then 'monthly' else 'longer' end as term_length

    from flagged

),

measured as (

    select
        by_term.*,
        case
            when is_involuntary then 0
            when outcome in ('churned', 'contracted') then 1
            else 0
        end as comes_true,
        case
            when is_involuntary then 0
            when outcome in ('churned', 'contracted') then mrr_amount - after_amount
            else 0
        end as lost_amount

    from by_term

),

counted as (

    select
        term_length,
        reason_order,
        reason,
        reason_en,
        reason_fr,
        max(reporting_date) as reporting_date,
        {%- for group, condition in [
            ('flagged', 'has_sign'), ('other', 'not has_sign')
        ] %}
        sum(case when {{ condition }} then 1 else 0 end) as {{ group }}_count,
        sum(case when {{ condition }} then mrr_amount else 0 end) as {{ group }}_mrr_amount,
        sum(case when {{ condition }} then comes_true else 0 end) as {{ group }}_lost_count,
        sum(case when {{ condition }} then lost_amount else 0 end) as {{ group }}_lost_amount,
        sum(case when {{ condition }} and is_involuntary then 1 else 0 end)
            as {{ group }}_involuntary_count,
        sum(case when {{ condition }} and is_involuntary then mrr_amount else 0 end)
            as {{ group }}_involuntary_amount,
        {%- endfor %}
        sum(case when has_sign is null then 1 else 0 end) as unknown_count

    from measured

    group by
        term_length,
        reason_order,
        reason,
        reason_en,
        reason_fr

),

final as (

    select
        term_length,
        reason,
        reason_order,
        reason_en,
        reason_fr,
        cast(flagged_count as bigint) as flagged_count,
        cast(flagged_lost_count as bigint) as came_true_count,
        {{ ratio('flagged_lost_count', 'flagged_count') }} as came_true_rate,
        cast(flagged_mrr_amount as {{ kpi_part_type() }}) as flagged_mrr_amount,
        cast(flagged_lost_amount as {{ kpi_part_type() }}) as came_true_mrr_amount,
        {{ ratio('flagged_lost_amount', 'flagged_mrr_amount') }} as came_true_mrr_rate,
        cast(flagged_involuntary_count as bigint) as involuntary_count,
        {{ ratio('flagged_involuntary_count', 'flagged_count') }} as involuntary_rate,
        cast(flagged_involuntary_amount as {{ kpi_part_type() }}) as involuntary_mrr_amount,
        cast(other_count as bigint) as other_count,
        cast(other_lost_count as bigint) as other_lost_count,
        {{ ratio('other_lost_count', 'other_count') }} as other_lost_rate,
        cast(other_mrr_amount as {{ kpi_part_type() }}) as other_mrr_amount,
        cast(other_lost_amount as {{ kpi_part_type() }}) as other_lost_mrr_amount,
        {{ ratio('other_lost_amount', 'other_mrr_amount') }} as other_lost_mrr_rate,
        cast(other_involuntary_count as bigint) as other_involuntary_count,
        {{ ratio('other_involuntary_count', 'other_count') }} as other_involuntary_rate,
        cast(other_involuntary_amount as {{ kpi_part_type() }}) as other_involuntary_mrr_amount,
        cast(unknown_count as bigint) as unknown_count,
        reporting_date

    from counted

)

select * from final
