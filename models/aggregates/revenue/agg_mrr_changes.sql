with movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

intra_month_churn as (

    select * from {{ ref('fct_intra_month_churn') }}

),

changes as (

    select
        customer_id,
        month_start,
        movement,
        {{ columns_of_cuts(cuts_of('customer_cuts')) }}
        movement_amount

    from movements

    union all

    select
        customer_id,
        month_start,
        'intra_month_churn' as movement,
        {{ columns_of_cuts(cuts_of('customer_cuts')) }}
        churned_mrr_amount as movement_amount

    from intra_month_churn

),

{{ aggregated('changes', cuts_of('customer_cuts'), {
    'changed': {
        'by': 'month_start',
        'sums': {
            'net_amount':
                "sum(case when movement != 'intra_month_churn' then movement_amount else 0 end)",
            'new_amount':
                "sum(case when movement = 'new' then movement_amount else 0 end)",
            'expansion_amount':
                "sum(case when movement = 'expansion' then movement_amount else 0 end)",
            'contraction_amount':
                "sum(case when movement = 'contraction' then movement_amount else 0 end)",
            'churn_amount':
                "sum(case when movement = 'churn' then movement_amount else 0 end)",
            'reactivation_amount':
                "sum(case when movement = 'reactivation' then movement_amount else 0 end)",
            'fx_amount':
                "sum(case when movement = 'fx' then movement_amount else 0 end)",
            'intra_month_churn_amount':
                "sum(case when movement = 'intra_month_churn' then movement_amount else 0 end)",
        },
    },
}, record=['customer', 'customer_id', 'fct_mrr_movements']) }}

select * from final
