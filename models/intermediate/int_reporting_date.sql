{#- Only moments that a system wrote: a close date typed far ahead must not move the report. -#}
{%- set moments = {
    'stg_contacts': ['created_at'],
    'stg_companies': ['created_at'],
    'stg_lifecycle_history': ['entered_at'],
    'stg_deals': ['created_at'],
    'stg_deal_stage_history': ['entered_at'],
    'stg_quotes': ['created_at', 'sent_at'],
    'stg_activities': ['occurred_at'],
    'stg_web_sessions': ['started_at'],
} -%}
with bounds as (

    {% for model_name, columns in moments.items() -%}
    {%- set last_model = loop.last -%}
    {%- for column in columns %}
    select
        min({{ column }}) as first_moment,
        max({{ column }}) as last_moment

    from {{ ref(model_name) }}
    {% if not (loop.last and last_model) %}
    union all
    {% endif -%}
    {%- endfor -%}
    {%- endfor %}

),

days as (

    select
        {{ reporting_day('min(first_moment)') }} as first_date,
        {{ reporting_day('max(last_moment)') }} as last_date

    from bounds

),

final as (

    select
        first_date,
        {% if var('reporting_date') -%}
        cast('{{ var("reporting_date") }}' as date) as reporting_date
        {%- else -%}
        last_date as reporting_date
        {%- endif %}

    from days

)

select * from final
