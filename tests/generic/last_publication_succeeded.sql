{#- Fails if the last publication was not possible. `report_publication` shows why. -#}
{% test last_publication_succeeded(model) %}

select message

from {{ model }}

where
    outcome = 'not_published'
    and published_at = (select max(published_at) from {{ model }})

{% endtest %}
