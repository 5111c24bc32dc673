{#- Input table -> the record that a row of it belongs to, as macros/input_contract.sql says it, with
    the SQL of its id, its money and its currency. -#}
{% macro records_of_inputs() -%}
    {%- set records = {} -%}
    {%- for table, of in input_tables().items() -%}
        {%- set amount = yearly_price() if of.amount == 'price_of_a_year' else of.amount -%}
        {%- do records.update({table: dict(
            of,
            id=day_as_text(of.id_day) if of.id_day else of.id,
            amount=amount,
            currency='currency' if amount else none
        )}) -%}
    {%- endfor -%}
    {{- return(records) -}}
{%- endmacro %}


{#- A day in one spelling; what is none stays as it is. -#}
{% macro day_as_text(column) -%}
coalesce({{ as_text(as_day(column)) }}, {{ as_text(column) }})
{%- endmacro %}


{#- A money cell as text, read with care: no number, or none that the gate takes, is null. -#}
{% macro readable_amount(column) -%}
case
            when abs({{ adapter.dispatch('as_exact_number')(column) }}) <= 1000000000000
                then {{ as_number(column, 'decimal(18, 2)') }}
        end
{%- endmacro %}


{#- The price of a year of a subscription line; null where a part of it cannot be read. -#}
{% macro yearly_price() -%}
{%- set number = {} -%}
{%- for column in ['quantity', 'unit_price', 'discount_share', 'interval_count'] -%}
    {%- do number.update({
        column: 'cast(' ~ adapter.dispatch('as_exact_number')(column) ~ ' as ' ~ type_double() ~ ')'
    }) -%}
{%- endfor -%}
case
            when {{ number.quantity }} >= 0 and coalesce({{ number.interval_count }}, 1) >= 1
                then round(
                    {{ number.quantity }} * {{ number.unit_price }}
                    * (1 - coalesce({{ number.discount_share }}, 0))
                    * case {{ as_choice('billing_interval') }}
                        when 'day' then 365
                        when 'week' then 52
                        when 'month' then 12
                        when 'quarter' then 4
                        when 'year' then 1
                    end / coalesce({{ number.interval_count }}, 1), 2
                )
        end
{%- endmacro %}


{#- The mark of a finding and its record, by which it is followed from publication to publication. -#}
{% macro finding_key(record_id) -%}
finding || ' | ' || source_system || ' | ' || record_type || ' | ' || {{ record_id }}
{%- endmacro %}
