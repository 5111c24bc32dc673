with rows_found as (

    select * from {{ ref('broken_records') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

-- Records that were merged into others, or deleted: no figure counts them.
records as (

    {% for record, table in [
        ('deal', 'deals'), ('company', 'companies'), ('contact', 'contacts')
    ] -%}
    select
        source_system,
        '{{ table }}' as table_name,
        '{{ record }}' as record_type,
        input_row_id,
        {{ record }}_id as full_id,
        surviving_{{ record }}_id as surviving_id,
        is_counted

    from {{ ref('stg_' ~ table) }}
    {%- if not loop.last %}

    union all

    {% endif -%}
    {%- endfor %}

),

not_counted as (

    select * from records where not is_counted

),

merged as (

    select * from records where full_id != surviving_id

),

-- Nobody can mend the row of such a record. What belongs to a merged one belongs to its survivor.
kept as (

    select
        rows_found.*,
        coalesce({{ given_id('merged.surviving_id') }}, rows_found.record_id) as kept_record_id,
        case when rows_found.is_general then rows_found.column_name end as key_column_name,
        case when rows_found.is_general then rows_found.rule end as key_rule,
        case
            when rows_found.currency is null or currency_rates.currency is not null
                then {{ in_reporting_currency('rows_found.amount', 'currency_rates') }}
        end as row_amount

    from rows_found

    left join not_counted
        on
            rows_found.table_name = not_counted.table_name
            and rows_found.input_row_id = not_counted.input_row_id

    left join merged
        on
            rows_found.record_type = merged.record_type
            and rows_found.source_system || ':' || rows_found.record_id = merged.full_id

    left join currency_rates
        on rows_found.currency = currency_rates.currency

    where
        not_counted.input_row_id is null
        or not rows_found.is_of_row

),

-- What is a copy is one record, and a day of spend is several rows.
final as (

    select
        {{ finding_key('kept_record_id') }}
        || coalesce(' | ' || key_column_name || ' | ' || key_rule, '') as finding_key,
        finding,
        source_system,
        record_type,
        kept_record_id as record_id,
        key_column_name as column_name,
        key_rule as rule,
        min(table_name) as table_name,
        min(to_do_en) as to_do_en,
        min(to_do_fr) as to_do_fr,
        min(owner_id) as owner_id,
        min(deal_id) as deal_id,
        min(contact_id) as contact_id,
        min(company_id) as company_id,
        cast(
            case
                when record_type = 'campaign_spend' then abs(sum(row_amount))
                else max(abs(row_amount))
            end as decimal(28, 2)
        ) as row_amount,
        count(*) as gate_row_count

    from kept

    group by
        finding,
        source_system,
        record_type,
        kept_record_id,
        key_column_name,
        key_rule

)

select * from final
