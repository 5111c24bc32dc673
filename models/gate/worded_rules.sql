with rules as (

    select distinct
        table_name,
        column_name,
        rule,
        severity

    from {{ ref('input_checks') }}

    where severity in ('reject', 'blank', 'warn')

),

words as (

    select * from {{ ref('gate_rule_words') }}

),

-- A rule takes the first line that fits.
fitting as (

    select
        rules.table_name,
        rules.column_name,
        rules.rule,
        rules.severity,
        words.finding,
        words.value_record_type,
        words.to_do_en,
        words.to_do_fr,
        row_number() over (
            partition by rules.table_name, rules.column_name, rules.rule, rules.severity
            order by words.place
        ) as fit_number

    from rules

    inner join words
        on
            rules.rule like words.rule
            and rules.severity = coalesce(words.severity, rules.severity)
            and rules.table_name = coalesce(words.table_name, rules.table_name)
            and rules.column_name = coalesce(words.column_name, rules.column_name)

),

final as (

    select
        table_name,
        column_name,
        rule,
        severity,
        coalesce(
            finding,
            case severity
                when 'reject' then 'row_rejected'
                when 'blank' then 'cell_blanked'
                else 'row_doubtful'
            end
        ) as finding,
        finding is null as is_general,
        value_record_type,
        replace(
            replace(
                replace(
                    replace(to_do_en, '{column}', column_name),
                    '{rule}', rule
                ),
                '{start}', replace(rule, 'is_not_before_', '')
            ),
            '{table}', replace(replace(rule, 'is_known_in_', ''), 'is_accepted_in_', '')
        ) as to_do_en,
        replace(
            replace(
                replace(
                    replace(to_do_fr, '{column}', column_name),
                    '{rule}', rule
                ),
                '{start}', replace(rule, 'is_not_before_', '')
            ),
            '{table}', replace(replace(rule, 'is_known_in_', ''), 'is_accepted_in_', '')
        ) as to_do_fr

    from fitting

    where fit_number = 1

)

select * from final
