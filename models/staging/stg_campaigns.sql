with {{ accepted_inputs('campaigns') }},

final as (

    select
        source_system,
        cast(input_row_id as bigint) as input_row_id,
        {{ entity_id('campaign_id') }} as campaign_id,
        campaign_name,
        source,
        cast(start_date as date) as start_date,
        cast(end_date as date) as end_date,
        cast(budget_amount as decimal(18, 2)) as budget_amount,
        currency

    from accepted

)

select * from final
