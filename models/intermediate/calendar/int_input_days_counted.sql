{#-
    What tells how far the data goes, the best evidence first: 1 moments that a system wrote, with
    the closings of sources without stage history; 2 activities, which may be planned (a task is
    dated by the day on which it is due); 3 invoices, 4 beginnings of subscriptions and 5 costs,
    which are dated ahead. Days of no evidence, 0, only say where the calendar begins: deals that
    were won in an older system carry the day of their import as their creation, and would else lie
    before the first period.
-#}
{%- set costs = ['expense_ledger', 'payroll', 'campaign_spend'] -%}
with sources_with_history as (

    select distinct source_system from {{ ref('stg_deal_stage_history') }}

),

-- Where a source keeps no stage history, the close dates of closed deals are all that is known of
-- when it ends: without them its last wins would lie after the report.
closings as (

    select
        deals.source_system,
        deals.close_date,
        coalesce(pipelines.is_closed, false)
        and sources_with_history.source_system is null as is_evidence

    from {{ ref('stg_deals') }} as deals

    left join {{ ref('stg_pipelines') }} as pipelines
        on
            deals.pipeline_id = pipelines.pipeline_id
            and deals.stage_id = pipelines.stage_id

    left join sources_with_history
        on deals.source_system = sources_with_history.source_system

),

days as (

    {% for table, contract in input_tables().items() -%}
    {%- for column in contract.moments or [] %}
    select
        source_system,
        '{{ table }}' as table_name,
        {{ 2 if table == 'activities' else 1 }} as evidence,
        {{ reporting_day(column) }} as input_date,
        count(*) as row_count

    from {{ ref('stg_' ~ table) }}

    group by
        source_system,
        {{ reporting_day(column) }}

    union all

    {% endfor -%}
    {%- endfor %}
    select
        source_system,
        'deals' as table_name,
        case when is_evidence then 1 else 0 end as evidence,
        close_date as input_date,
        count(*) as row_count

    from closings

    group by
        source_system,
        close_date,
        case when is_evidence then 1 else 0 end

    union all

    select
        source_system,
        'invoices' as table_name,
        case when invoice_status not in ('draft', 'void') then 3 else 0 end as evidence,
        issued_on as input_date,
        count(*) as row_count

    from {{ ref('stg_invoices') }}

    group by
        source_system,
        issued_on,
        case when invoice_status not in ('draft', 'void') then 3 else 0 end

    union all

    select
        source_system,
        'subscriptions' as table_name,
        4 as evidence,
        valid_from as input_date,
        count(*) as row_count

    from {{ ref('stg_subscriptions') }}

    group by
        source_system,
        valid_from
    {%- for table in costs %}
    {%- set column = input_tables()[table].day %}

    union all

    select
        source_system,
        '{{ table }}' as table_name,
        5 as evidence,
        {{ column }} as input_date,
        count(*) as row_count

    from {{ ref('stg_' ~ table) }}

    group by
        source_system,
        {{ column }}
    {%- endfor %}

),

final as (

    select
        source_system,
        table_name,
        evidence,
        input_date,
        cast(sum(row_count) as bigint) as row_count

    from days

    where input_date is not null

    group by
        source_system,
        table_name,
        evidence,
        input_date

)

select * from final
