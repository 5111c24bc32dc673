{#-
    Figures by any combination of cuts: beside each aggregate and each KPI stands a table macro,

        from kpis.kpi_win_rate_by(['team', 'channel'])

    It is the model's own text, rendered a second time, so that a formula stands in one place. A
    flag of the model marks this second rendering: the cuts are then those of the macro's argument
    `cuts`, and each relation with cuts that it reads becomes the macro of that relation. `segments`
    is a list, in the order of the cuts. Only DuckDB has such macros.
-#}
{% macro create_macro_by_given_cuts() -%}
{%- if execute and target.type == 'duckdb' and has_given_cuts(model) -%}
    {%- do model.update({'is_by_given_cuts': true}) -%}
    {%- set rendered = namespace(sql=render(model.raw_code)) -%}
    {%- do model.update({'is_by_given_cuts': false}) -%}
    {%- for key in model.depends_on.nodes -%}
        {%- set parent = graph.nodes.get(key) -%}
        {%- if parent and has_given_cuts(parent) -%}
            {%- set rendered.sql = rendered.sql | replace(
                parent.relation_name, by_given_cuts(parent)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
create or replace macro {{ model.schema }}.{{ model.alias }}_by(cuts) as table
{{ rendered.sql }}
{%- endif -%}
{%- endmacro %}


{#- Whether a model has cuts, and so a macro. -#}
{% macro has_given_cuts(node) -%}
{{- return(
    node.resource_type == 'model'
    and node.fqn[1] in ['aggregates', 'kpis', 'reports']
    and node.config.get('meta', {}).get('has_given_cuts', true)
) -}}
{%- endmacro %}


{#- The SQL that stands for a relation where the cuts are given. -#}
{% macro by_given_cuts(node) -%}
{%- set macro_name = node.schema ~ '.' ~ node.alias ~ '_by(cuts)' -%}
{%- if node.fqn[1] == 'kpis' and node.name.startswith('kpi_') -%}
(select *, segments as segment from {{ macro_name }})
{%- else -%}
{{ macro_name }}
{%- endif -%}
{%- endmacro %}


{#- Whether the model is being rendered for its macro. -#}
{% macro is_by_given_cuts() -%}
{{- return(model.get('is_by_given_cuts', false)) -}}
{%- endmacro %}


{#- The relation itself, also where the cuts are given: for figures that only its total has. -#}
{% macro uncut(relation) -%}
{{ relation if relation.is_cte else relation.include(database=false) }}
{%- endmacro %}


{#- Whether the rows are cut by a dimension: by it alone in the view, among others in the macro. -#}
{% macro is_cut_by(dimension) -%}
{%- if is_by_given_cuts() -%}
list_contains({{ given_cuts() }}, '{{ dimension }}')
{%- else -%}
dimension = '{{ dimension }}'
{%- endif -%}
{%- endmacro %}


{#- Whether the rows are those of the view, which may also have rows with a cut of its own. -#}
{% macro is_the_view() -%}
{{ 'false' if is_by_given_cuts() else 'true' }}
{%- endmacro %}


{#- A segment that a KPI names itself. -#}
{% macro own_segment(column) -%}
{{ '[' ~ column ~ ']' if is_by_given_cuts() else column }}
{%- endmacro %}


{#-
    The segment of a row apart from one of its cuts: rows that share it are what that cut splits. In the
    view, where each cut stands alone, this is everything of that cut, and else the segment itself.
-#}
{% macro segment_without(dimension) -%}
{%- if is_by_given_cuts() -%}
[
            segment[cut_number]
            for cut_number in range(1, len({{ given_cuts() }}) + 1)
            if {{ given_cuts() }}[cut_number] != '{{ dimension }}'
        ]
{%- else -%}
case when dimension = '{{ dimension }}' then 'all' else segment end
{%- endif -%}
{%- endmacro %}


{#- The argument of the macro; no cuts mean the total. -#}
{% macro given_cuts() -%}
cast(coalesce(cuts, []) as varchar[])
{%- endmacro %}


{#- Whether the argument names a cut more than once. -#}
{% macro has_repeated_cut() -%}
list_unique([coalesce(given_cut, '') for given_cut in {{ given_cuts() }}])
            < len({{ given_cuts() }})
{%- endmacro %}


{#- The message that refuses a cut that the population does not have. -#}
{% macro unknown_cut(cuts) -%}
'There is no cut ' || coalesce(given_cut, 'null') || '; there are {{ cuts.keys() | sort | join(', ') }}'
{%- endmacro %}


{#- The list of cuts that all aggregates behind a model have, read directly or through others. -#}
{% macro common_cuts(node) -%}
{%- set found = namespace(cuts=none) -%}
{%- for key in node.depends_on.nodes -%}
    {%- set parent = graph.nodes.get(key) -%}
    {%- if parent and has_given_cuts(parent) -%}
        {%- set cuts = own_cuts(parent) if parent.fqn[1] == 'aggregates' else common_cuts(parent) -%}
        {%- set found.cuts = cuts if found.cuts is none else found.cuts | select('in', cuts) | list -%}
    {%- endif -%}
{%- endfor -%}
{{- return(found.cuts or []) -}}
{%- endmacro %}


{#- The cuts of an aggregate, taken from its text: those of a variable, or its own. -#}
{% macro own_cuts(node) -%}
{%- set said = modules.re.search(
    "aggregated\\(\\s*'\\w+', (?:(?:var|cuts_of)\\('(\\w+)'\\)|({[^}]*}))", node.raw_code
) -%}
{%- if not said -%}
    {{ exceptions.raise_compiler_error('It is not said by which cuts ' ~ node.name ~ ' is counted.') }}
{%- elif said.group(1) -%}
    {{- return(cuts_of(said.group(1)).keys() | list) -}}
{%- else -%}
    {{- return(modules.re.findall("'(\\w+)':", said.group(2))) -}}
{%- endif -%}
{%- endmacro %}
