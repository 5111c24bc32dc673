with gate_findings as (

    select * from {{ ref('int_gate_findings_gathered') }}

),

faults_found as (

    {% for model, record_type, id in [
        ('int_deal_faults_found', "'deal'", 'deal_id'),
        ('int_unbilled_wins_found', "'deal'", 'deal_id'),
        ('int_customer_faults_found', 'record_type', 'customer_id'),
        ('int_lead_faults_found', "'contact'", 'contact_id'),
    ] -%}
    select
        finding,
        {{ given_source(id) }} as source_system,
        {{ record_type }} as record_type,
        {{ given_id(id) }} as record_id

    from {{ ref(model) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

faults as (

    select
        *,
        {{ finding_key('record_id') }} as finding_key

    from faults_found

),

-- The gate and a model may find the same: it is one thing to do.
all_findings as (

    select
        finding_key,
        finding,
        source_system,
        record_type,
        record_id,
        column_name,
        rule,
        table_name,
        to_do_en,
        to_do_fr,
        owner_id,
        deal_id,
        contact_id,
        company_id,
        row_amount,
        gate_row_count

    from gate_findings

    union all

    select
        finding_key,
        finding,
        source_system,
        record_type,
        record_id,
        {{ empty_text() }} as column_name,
        {{ empty_text() }} as rule,
        {{ empty_text() }} as table_name,
        {{ empty_text() }} as to_do_en,
        {{ empty_text() }} as to_do_fr,
        {{ empty_text() }} as owner_id,
        {{ empty_text() }} as deal_id,
        {{ empty_text() }} as contact_id,
        {{ empty_text() }} as company_id,
        cast(null as decimal(28, 2)) as row_amount,
        0 as gate_row_count

    from faults

),

merged as (

    select
        finding_key,
        finding,
        source_system,
        record_type,
        record_id,
        column_name,
        rule,
        source_system || ':' || record_id as full_id,
        max(table_name) as table_name,
        max(to_do_en) as to_do_en,
        max(to_do_fr) as to_do_fr,
        max(owner_id) as owner_id,
        max(deal_id) as deal_id,
        max(contact_id) as contact_id,
        max(company_id) as company_id,
        max(row_amount) as row_amount,
        cast(sum(gate_row_count) as bigint) as gate_row_count

    from all_findings

    group by
        finding_key,
        finding,
        source_system,
        record_type,
        record_id,
        column_name,
        rule

),

-- A deal is of itself, and a quote of its deal.
final as (

    select
        finding_key,
        finding,
        source_system,
        record_type,
        record_id,
        column_name,
        rule,
        table_name,
        to_do_en,
        to_do_fr,
        owner_id,
        case when record_type = 'deal' then full_id else deal_id end as deal_id,
        case when record_type = 'contact' then full_id else contact_id end as contact_id,
        case when record_type in ('company', 'customer') then full_id else company_id end
            as company_id,
        row_amount,
        gate_row_count

    from merged

)

select * from final
