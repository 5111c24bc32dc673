{#-
    A period as people call it, such as Q4 2025 or December 2025, in English (`en`) or French (`fr`),
    by the columns period_grain and period_start. Where the year does not begin in January, a quarter
    or a year is called by its first day.
-#}
{% macro period_in_words(language) -%}
{%- set months = {
    'en': ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
        'October', 'November', 'December'],
    'fr': ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre',
        'octobre', 'novembre', 'décembre'],
}[language] -%}
{%- set letters = {'en': ['Q', 'H'], 'fr': ['T', 'S']}[language] -%}
{%- set from = {'en': 'from ', 'fr': 'à partir du '}[language] -%}
{%- set year = 'cast(cast(extract(year from period_start) as int) as ' ~ dbt.type_string() ~ ')' -%}
{%- set month = 'cast(extract(month from period_start) as int)' -%}
case
            when period_grain = 'month' then
                case {{ month }}
                    {%- for name in months %}
                    when {{ loop.index }} then '{{ name }} '
                    {%- endfor %}
                end || {{ year }}
            when period_grain = 'week'
                then '{{ {'en': 'week of ', 'fr': 'semaine du '}[language] }}'
                    || cast(period_start as {{ dbt.type_string() }})
            {%- if var('fiscal_year_start_month') == 1 %}
            {%- for starts in [1, 4, 7, 10] %}
            when period_grain = 'quarter' and {{ month }} = {{ starts }}
                then '{{ letters[0] }}{{ loop.index }} ' || {{ year }}
            {%- endfor %}
            {%- for starts in [1, 7] %}
            when period_grain = 'half_year' and {{ month }} = {{ starts }}
                then '{{ letters[1] }}{{ loop.index }} ' || {{ year }}
            {%- endfor %}
            when period_grain = 'year' then {{ year }}
            {%- endif %}
            else '{{ from }}' || cast(period_start as {{ dbt.type_string() }})
        end
{%- endmacro %}
