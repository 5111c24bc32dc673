{#-
    The grain that a description states: the columns are never null, and together unique. One test
    for both, and for several columns, because each node of the build costs time.
-#}
{% test grain_is(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count

from {{ model }}

group by {{ columns | join(', ') }}

having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
