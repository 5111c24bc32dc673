with renewals as (

    select * from {{ ref('int_renewals_judged') }}

),

movements as (

    select * from {{ ref('int_mrr_movements_classified') }}

),

months as (

    select * from {{ ref('int_months') }}

),

contractions as (

    select
        movements.customer_id,
        months.balance_date,
        sum(movements.change_amount) as contraction_amount

    from movements

    inner join months
        on movements.month_start = months.month_start

    where movements.movement = 'contraction'

    group by
        movements.customer_id,
        months.balance_date

),

-- A month is known once its balance is.
final as (

    select
        renewals.subscription_key,
        renewals.due_date,
        renewals.term_months,
        cast(sum(contractions.contraction_amount) as decimal(28, 8)) as contraction_amount

    from renewals

    inner join contractions
        on
            renewals.customer_id = contractions.customer_id
            and renewals.observation_date >= contractions.balance_date
            and cast({{ dbt.dateadd('month', -12, 'renewals.observation_date') }} as date)
            < contractions.balance_date

    group by
        renewals.subscription_key,
        renewals.due_date,
        renewals.term_months

)

select * from final
