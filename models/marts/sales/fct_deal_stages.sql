{{ config(pre_hook="{{ add_custom_cuts('deals') }}{{ add_custom_cuts('companies') }}") }}

with reached as (

    select * from {{ ref('int_deal_stages_reached') }}

),

stays as (

    select * from {{ ref('int_deal_stages_stayed') }}

),

stages as (

    select * from {{ ref('dim_pipeline_stages') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

-- All stays of a deal in a stage are one, which ends with the last of them.
stayed as (

    select
        deal_id,
        pipeline_id,
        stage_id,
        count(entry_number) as stay_count,
        case when count(left_date) = count(entry_number) then max(left_date) end as left_date,
        sum({{ dbt.datediff('entered_date', 'left_date', 'day') }}) as stayed_days

    from stays

    group by
        deal_id,
        pipeline_id,
        stage_id

),

final as (

    select
        reached.deal_id,
        reached.pipeline_id,
        reached.stage_id,
        stages.pipeline_name,
        stages.stage_name,
        stages.pipeline_stage,
        deals.owner_name,
        deals.team,
        deals.channel,
        deals.plan,
        deals.industry,
        deals.country,
        deals.customer_type,
        reached.is_skipped,
        reached.entered_date,
        reached.went_on_date,
        {{ dbt.datediff('reached.entered_date', 'reached.went_on_date', 'day') }} as went_on_days,
        reached.own_entered_date,
        reached.own_went_on_date,
        cast(coalesce(stayed.stay_count, 0) as bigint) as stay_count,
        stayed.left_date,
        case when stayed.left_date is not null then cast(stayed.stayed_days as bigint) end
            as stayed_days
        {{- custom_cuts('deals', 'deals') }}
        {{- custom_cuts('companies', 'deals') }}

    from reached

    inner join deals
        on reached.deal_id = deals.deal_id

    inner join stages
        on
            reached.pipeline_id = stages.pipeline_id
            and reached.stage_id = stages.stage_id

    left join stayed
        on
            reached.deal_id = stayed.deal_id
            and reached.pipeline_id = stayed.pipeline_id
            and reached.stage_id = stayed.stage_id

)

select * from final
