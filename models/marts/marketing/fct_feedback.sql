{{ config(pre_hook="{{ add_custom_cuts('companies') }}") }}

with answers as (

    select
        *,
        {{ reporting_day('submitted_at') }} as submitted_date

    from {{ ref('stg_feedback_submissions') }}

),

all_contacts as (

    select * from {{ ref('stg_contacts') }}

),

contacts as (

    select * from {{ ref('dim_contacts') }}

),

mrr_months as (

    select * from {{ ref('fct_mrr_months') }}

),

reporting as (

    select * from {{ ref('int_reporting_date') }}

),

answered as (

    select
        answers.feedback_id,
        contacts.contact_id,
        coalesce(all_contacts.surviving_contact_id, answers.contact_id) as person_id,
        upper(answers.survey_type) as survey_type,
        answers.score,
        contacts.company_id,
        contacts.industry,
        contacts.country,
        contacts.channel,
        answers.submitted_at,
        answers.submitted_date,
        cast({{ dbt.date_trunc('month', 'answers.submitted_date') }} as date) as submitted_month
        {{- custom_cuts('companies', 'contacts') }}

    from answers

    cross join reporting

    left join all_contacts
        on answers.contact_id = all_contacts.contact_id

    left join contacts
        on all_contacts.surviving_contact_id = contacts.contact_id

    where answers.submitted_date <= reporting.reporting_date

),

final as (

    select
        answered.feedback_id,
        answered.contact_id,
        -- A contact that the CRM does not know still counts as one person. An answer's respondent
        -- never has the name of a contact, whatever its id.
        coalesce(answered.person_id, 'answer/' || answered.feedback_id) as respondent_id,
        answered.company_id,
        answered.survey_type,
        answered.score,
        case
            when answered.survey_type != 'NPS' then null
            when answered.score >= 9 then 'promoter'
            when answered.score >= 7 then 'passive'
            when answered.score >= 0 then 'detractor'
        end as nps_group,
        answered.industry,
        answered.country,
        answered.channel,
        mrr_months.plan,
        answered.submitted_at,
        answered.submitted_date
        {{- custom_cuts('companies', 'answered') }}
    from answered

    left join mrr_months
        on
            answered.company_id = mrr_months.customer_id
            and answered.submitted_month = mrr_months.month_start

)

select * from final
