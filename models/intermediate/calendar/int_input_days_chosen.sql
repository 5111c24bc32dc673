with input_days as (

    select * from {{ ref('int_input_days_counted') }}

),

best_evidence as (

    select min(case when evidence > 0 then evidence end) as evidence from input_days

),

final as (

    select distinct
        input_days.input_date,
        input_days.evidence

    from input_days

    inner join best_evidence
        on input_days.evidence = best_evidence.evidence

)

select * from final
