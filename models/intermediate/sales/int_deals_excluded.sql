with deals as (

    select * from {{ ref('stg_deals') }} where is_counted

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

excluded_reasons as (

    select
        {{ as_choice('trim(lost_reason)') }} as excluded_reason,
        case
            when lost_reason like '%*'
                then {{ as_choice("trim(replace(lost_reason, '*', ''))") }}
        end as beginning

    from {{ ref('excluded_loss_reasons') }}

),

-- The reason of a deal that is open or won was left over from an earlier loss.
lost_deals as (

    select
        deals.*,
        {{ as_choice('trim(deals.lost_reason)') }} as given_reason

    from deals

    inner join pipelines
        on
            deals.pipeline_id = pipelines.pipeline_id
            and deals.stage_id = pipelines.stage_id

    where
        pipelines.is_closed
        and not pipelines.is_won

),

final as (

    select
        lost_deals.deal_id,
        min(excluded_reasons.excluded_reason) as excluded_reason

    from lost_deals

    inner join excluded_reasons
        on
            lost_deals.given_reason = excluded_reasons.excluded_reason
            or left(lost_deals.given_reason, length(excluded_reasons.beginning))
            = excluded_reasons.beginning

    group by lost_deals.deal_id

)

select * from final
