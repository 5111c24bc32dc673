{#-
    Fails on a broken critical rule of a gate. dbt then skips all that is downstream, publication
    included, so that readers keep the last good file. The messages are shown by `report_gate`.
-#}
{% test no_critical_rule_is_broken(model) %}

select message

from {{ model }}

where
    severity = 'critical'
    and not is_met

{% endtest %}
