with renewals as (

    select * from {{ ref('int_renewals_judged') }}

),

contractions as (

    select * from {{ ref('int_renewal_contractions_summed') }}

),

movements as (

    select * from {{ ref('fct_mrr_movements') }}

),

subscriptions as (

    select * from {{ ref('stg_subscriptions') }}

),

nps_answers as (

    select * from {{ ref('fct_feedback') }} where nps_group is not null

),

customers as (

    select * from {{ ref('dim_customers') }}

),

-- A source that never tells a sign does not know it: its renewals are not without it.
signs_of_sources as (

    select
        source_system,
        count(cancel_requested_on) > 0 as tells_cancellations,
        count(past_due_since) > 0
        or max(case when subscription_status = 'past_due' then 1 else 0 end) = 1
            as tells_arrears

    from subscriptions

    group by source_system

),

-- Without history a line brings the same all its life, and nobody contracts or expands.
signs_of_all as (

    select
        (select count(*) from movements where movement in ('expansion', 'contraction')) > 0
            as are_changes_known

),

ranked_answers as (

    select
        renewals.subscription_key,
        renewals.due_date,
        renewals.term_months,
        nps_answers.score,
        nps_answers.nps_group,
        nps_answers.submitted_date,
        row_number() over (
            partition by
                renewals.subscription_key, renewals.due_date, renewals.term_months
            order by nps_answers.submitted_at desc, nps_answers.feedback_id desc
        ) as answer_rank

    from renewals

    inner join nps_answers
        on
            renewals.customer_id = nps_answers.company_id
            and renewals.observation_date >= nps_answers.submitted_date

),

latest_answers as (

    select * from ranked_answers where answer_rank = 1

),

with_signs as (

    select
        renewals.*,
        case
            when signs_of_sources.tells_cancellations then renewals.cancel_asked_date is not null
        end as has_asked_to_cancel,
        case when signs_of_sources.tells_arrears then renewals.past_due_date is not null end
            as is_past_due,
        case
            when signs_of_all.are_changes_known
                then coalesce(contractions.contraction_amount, 0) < 0
        end as has_contracted,
        case
            when signs_of_all.are_changes_known
                then cast(coalesce(contractions.contraction_amount, 0) as decimal(28, 8))
        end as contraction_12_months_amount,
        latest_answers.nps_group = 'detractor' as has_low_nps,
        latest_answers.score as nps_score,
        latest_answers.submitted_date as nps_date

    from renewals

    cross join signs_of_all

    left join signs_of_sources
        on renewals.source_system = signs_of_sources.source_system

    left join contractions
        on
            renewals.subscription_key = contractions.subscription_key
            and renewals.due_date = contractions.due_date
            and renewals.term_months = contractions.term_months

    left join latest_answers
        on
            renewals.subscription_key = latest_answers.subscription_key
            and renewals.due_date = latest_answers.due_date
            and renewals.term_months = latest_answers.term_months

),

final as (

    select
        with_signs.subscription_key as subscription_id,
        with_signs.customer_id,
        with_signs.due_date,
        with_signs.observation_date,
        with_signs.is_coming,
        with_signs.term_months,
        with_signs.plan,
        customers.company_name,
        customers.industry,
        customers.country,
        customers.owner_name,
        customers.team,
        with_signs.mrr_amount,
        with_signs.has_asked_to_cancel,
        with_signs.cancel_asked_date,
        with_signs.is_past_due,
        with_signs.past_due_date,
        with_signs.has_contracted,
        with_signs.contraction_12_months_amount,
        with_signs.has_low_nps,
        with_signs.nps_score,
        with_signs.nps_date,
        case
            when with_signs.has_asked_to_cancel then 'cancel_asked'
            when with_signs.is_past_due then 'past_due'
            when with_signs.has_contracted then 'contraction'
            when with_signs.has_low_nps then 'low_nps'
            else 'none'
        end as first_reason,
        with_signs.outcome,
        with_signs.after_amount,
        with_signs.left_date,
        with_signs.is_involuntary,
        with_signs.is_provisional,
        with_signs.reporting_date

    from with_signs

    left join customers
        on with_signs.customer_id = customers.customer_id

)

select * from final
