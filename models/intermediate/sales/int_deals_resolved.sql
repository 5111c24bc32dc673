with deals as (

    select * from {{ ref('int_deals_counted') }}

),

pipelines as (

    select * from {{ ref('stg_pipelines') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

entries as (

    select * from {{ ref('int_deal_stage_entries_matched') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

deals_with_history as (

    select
        deal_id,
        max(entry_number) as last_entry_number,
        max(case when is_closed then entered_date end) as last_closing_date,
        sum(case when was_closed and not is_closed then 1 else 0 end) as reopened_count

    from entries

    group by deal_id

),

last_entries as (

    select
        entries.deal_id,
        entries.pipeline_id,
        entries.stage_id

    from entries

    inner join deals_with_history
        on
            entries.deal_id = deals_with_history.deal_id
            and entries.entry_number = deals_with_history.last_entry_number

),

-- As the source says it is now, and as it was on the reporting date if that lies in the past.
joined as (

    select
        deals.*,
        reporting.reporting_date,
        {{ reporting_day('deals.created_at') }} as created_date,
        deals_with_history.last_closing_date,
        cast(coalesce(deals_with_history.reopened_count, 0) as integer) as reopened_count,
        stages_now.pipeline_name as pipeline_name_now,
        {% if var('reporting_date') -%}
        coalesce(last_entries.pipeline_id, deals.pipeline_id) as reported_pipeline_id,
        -- Without history by then, a deal that closes later was open, in a stage that is not known.
        case
            when last_entries.stage_id is not null then last_entries.stage_id
            when stages_now.is_closed and deals.close_date > reporting.reporting_date then null
            else deals.stage_id
        end as reported_stage_id,
        {%- else -%}
        deals.pipeline_id as reported_pipeline_id,
        deals.stage_id as reported_stage_id,
        {%- endif %}
        {{ in_reporting_currency('deals.deal_amount', 'currency_rates') }} as reporting_amount

    from deals

    cross join reporting

    left join pipelines as stages_now
        on
            deals.pipeline_id = stages_now.pipeline_id
            and deals.stage_id = stages_now.stage_id

    left join currency_rates
        on deals.currency = currency_rates.currency

    left join deals_with_history
        on deals.deal_id = deals_with_history.deal_id

    left join last_entries
        on deals.deal_id = last_entries.deal_id

),

reported as (

    select
        joined.*,
        coalesce(pipelines.pipeline_name, joined.pipeline_name_now) as pipeline_name,
        pipelines.stage_name,
        pipelines.stage_order,
        pipelines.win_probability,
        pipelines.is_closed,
        pipelines.is_won,
        -- A close date typed ahead of the report is no closing yet; the history knows when it was.
        case
            when not coalesce(pipelines.is_closed, false) then null
            when joined.close_date <= joined.reporting_date then joined.close_date
            else joined.last_closing_date
        end as closed_date

    from joined

    left join pipelines
        on
            joined.reported_pipeline_id = pipelines.pipeline_id
            and joined.reported_stage_id = pipelines.stage_id

),

final as (

    select
        deal_id,
        deal_name,
        source_system,
        owner_id,
        company_id,
        reported_pipeline_id as pipeline_id,
        pipeline_name,
        reported_stage_id as stage_id,
        stage_name,
        stage_order,
        win_probability,
        plan,
        deal_type,
        -- Nobody knows what was said of a deal that has moved on since the day of the report.
        case when reported_stage_id = stage_id then forecast_category end as forecast_category,
        lost_reason,
        reporting_amount as deal_amount,
        created_date,
        close_date,
        closed_date,
        -- Open where the report is on a day of which no stage is known; of a stage that is in no
        -- pipeline nobody knows.
        case when reported_stage_id is null then false else is_closed end as is_closed,
        case when reported_stage_id is null then false else is_won end as is_won,
        reopened_count,
        record_url,
        reporting_date

    from reported

    where
        created_date is null
        or created_date <= reporting_date

)

select * from final
