with lines as (

    select * from {{ ref('int_invoice_lines_signed') }}

),

plans as (

    select * from {{ ref('stg_plans') }}

),

summed as (

    select
        lines.invoice_id,
        coalesce(plans.plan_name, {{ given_id('lines.plan_id') }}) as plan,
        sum(abs(lines.line_amount)) as plan_amount

    from lines

    left join plans
        on lines.plan_id = plans.plan_id

    group by
        lines.invoice_id,
        coalesce(plans.plan_name, {{ given_id('lines.plan_id') }})

),

ranked as (

    select
        *,
        row_number() over (
            partition by invoice_id
            order by plan_amount desc, plan asc nulls last
        ) as plan_rank

    from summed

),

final as (

    select
        invoice_id,
        plan

    from ranked

    where plan_rank = 1

)

select * from final
