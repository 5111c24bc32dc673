-- The deals that were open when a period began, and due within it.
with due_deals as (

    select *

    from {{ ref('fct_pipeline_periods') }}

    where
        pipeline_basis = 'as_known'
        and was_open
        and was_due

),

-- Where no due date has ever moved, nothing tells of moves: every deal keeps the date of today.
moved_deals as (

    select deal_id

    from {{ ref('fct_pipeline_balances') }}

    where pipeline_basis = 'as_known'

    group by deal_id

    having count(distinct expected_close_date) > 1

),

{{ aggregated('due_deals', {
    'owner': 'start_owner_name', 'team': 'start_team', 'channel': 'channel',
    'pipeline': 'pipeline_name', 'customer_type': 'customer_type',
}, {
    'due': {
        'parts': 'given',
        'needs': ['moved_deals'],
        'counts': {
            'due_count': 'count(deal_id)',
            'pushed_count': 'count(case when is_open and not is_due then deal_id end)',
        },
        'sums': {
            'due_amount': 'sum(start_amount)',
            'pushed_amount': 'sum(case when is_open and not is_due then start_amount end)',
            'still_open_amount': 'sum(case when is_open then start_amount end)',
        },
    },
}, has_weeks=true, record=['deal', 'deal_id', 'fct_pipeline_periods']) }}

select * from final
