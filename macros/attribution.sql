{#-
    The campaign that a cost was spent on, or that brought a touch; without a campaign, its channel. Null
    if neither is known.
-#}
{% macro paid_for(rows) -%}
case
            when {{ rows }}.campaign_name is not null then 'campaign ' || {{ rows }}.campaign_name
            when {{ rows }}.channel is not null then 'channel ' || {{ rows }}.channel
        end
{%- endmacro %}


{#- The cuts that split what marketing brings and not its costs. -#}
{% macro cuts_of_credits_alone() -%}
{{- return(var('credit_cuts').keys() | reject('in', var('spend_cuts')) | list) -}}
{%- endmacro %}


{#- The CTE `tracing`: whether it is known of any deal how it came. If not, marketing's part is not. -#}
{% macro tracing_of(credits) -%}
tracing as (

    select count(*) > 0 as is_traced

    from {{ credits }}

    where
        touch_id is not null
        or channel is not null

)
{%- endmacro %}
