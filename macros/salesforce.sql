{#-
    The owner of a Salesforce record, if it is a colleague: a queue of leads, and a user that is a
    process, own what nobody owns.
-#}
{% macro salesforce_owner(owner) -%}
case
            when
                {{ owner }} like '005%'
                and {{ owner }} not in (
                    select users.id from {{ ref('base_salesforce__user') }} as users
                    where users.is_process
                )
                then {{ owner }}
        end
{%- endmacro %}


{#- The custom columns of a table, empty, for an object that has none of them. -#}
{% macro salesforce_no_custom_names(table) -%}
    {%- for column in custom_columns_of(table) %},
        {{ empty_text() }} as {{ column.name }}
    {%- endfor -%}
{%- endmacro %}
