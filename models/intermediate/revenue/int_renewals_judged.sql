{%- set grace = var('past_due_grace_days') -%}
with renewals as (

    select * from {{ ref('int_renewals_summed') }}

),

replaced as (

    select * from {{ ref('int_renewals_replaced') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

joined as (

    select
        renewals.*,
        renewals.renewed_amount + coalesce(replaced.replaced_amount, 0) as after_amount,
        reporting.reporting_date

    from renewals

    cross join reporting

    left join replaced
        on
            renewals.subscription_key = replaced.subscription_key
            and renewals.due_date = replaced.due_date
            and renewals.term_months = replaced.term_months

),

judged as (

    select
        joined.*,
        case
            when is_coming then null
            when mrr_amount > 0 and after_amount <= 0 then 'churned'
            when after_amount > mrr_amount then 'expanded'
            when after_amount < mrr_amount then 'contracted'
            else 'renewed'
        end as outcome

    from joined

),

-- A renewal that went well can prove unpaid as long as the days of grace last.
final as (

    select
        source_system,
        subscription_key,
        customer_id,
        due_date,
        observation_date,
        is_coming,
        term_months,
        plan,
        line_count,
        cast(mrr_amount as decimal(28, 8)) as mrr_amount,
        cancel_asked_date,
        past_due_date,
        outcome,
        cast(after_amount as decimal(28, 8)) as after_amount,
        case when outcome = 'churned' then coalesce(left_date, due_date) end as left_date,
        case
            when outcome = 'churned'
                then left_line_count > 0 and unpaid_line_count = left_line_count
            when outcome is not null then false
        end as is_involuntary,
        case
            when is_coming then null
            else
                outcome != 'churned'
                and cast({{ dbt.dateadd('day', grace, 'due_date') }} as date) >= reporting_date
        end as is_provisional,
        reporting_date

    from judged

)

select * from final
