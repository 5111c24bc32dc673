/*
Claim: every record counts under an existing record that counts under itself; a merged record and
the one that it was merged into count under the same record; only survivors count.
Why it could break: a chain of merges that is followed one step only, a circle of merges that loses
all of its records or counts each of them, a merge into a record that the gate rejected.
Not checked: whether the source merged the right records.
*/
{%- for thing, model_name in {
    'deal': 'stg_deals', 'contact': 'stg_contacts', 'company': 'stg_companies'
}.items() %}
select
    '{{ thing }}' as thing,
    records.{{ thing }}_id as record_id,
    records.surviving_{{ thing }}_id as surviving_record_id

from {{ ref(model_name) }} as records

left join {{ ref(model_name) }} as survivors
    on records.surviving_{{ thing }}_id = survivors.{{ thing }}_id

left join {{ ref(model_name) }} as targets
    on records.merged_into_{{ thing }}_id = targets.{{ thing }}_id

where
    survivors.{{ thing }}_id is null
    or survivors.surviving_{{ thing }}_id != survivors.{{ thing }}_id
    or targets.surviving_{{ thing }}_id != records.surviving_{{ thing }}_id
    or (records.is_counted and records.surviving_{{ thing }}_id != records.{{ thing }}_id)
{% if not loop.last %}
union all
{% endif -%}
{%- endfor %}
