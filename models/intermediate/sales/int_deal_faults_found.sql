{#- Finding of record_findings -> which deals have it. -#}
{%- set faults = {
    'deal_won_without_amount': 'is_won and deal_amount is null',
    'open_deal_past_due': 'is_open and close_date < reporting_date',
    'open_deal_without_owner': 'is_open and owner_id is null and has_owners',
    'open_deal_of_archived_owner': 'is_open and is_owner_archived',
    'open_deal_without_amount': 'is_open and deal_amount is null and has_amounts',
    'open_deal_without_due_date': 'is_open and close_date is null and has_close_dates',
    'deal_without_company': '(is_open or is_won) and company_id is null and has_companies',
} -%}
with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

owners as (

    select * from {{ ref('stg_owners') }}

),

-- What a source never tells of any deal, it does not have: that is no fault of a deal.
judged as (

    select
        deals.*,
        not deals.is_closed as is_open,
        coalesce(owners.is_archived, false) as is_owner_archived,
        count(deals.owner_id) over (partition by deals.source_system) > 0 as has_owners,
        count(deals.deal_amount) over (partition by deals.source_system) > 0 as has_amounts,
        count(deals.close_date) over (partition by deals.source_system) > 0 as has_close_dates,
        count(deals.company_id) over (partition by deals.source_system) > 0 as has_companies

    from deals

    left join owners
        on deals.owner_id = owners.owner_id

),

final as (

    {% for finding, is_found in faults.items() -%}
    select
        '{{ finding }}' as finding,
        source_system,
        deal_id

    from judged

    where {{ is_found }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

)

select * from final
