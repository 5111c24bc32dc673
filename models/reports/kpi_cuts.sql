{#-
    From the project itself: a KPI has the cuts that all aggregates behind it have in common. The
    coverage of costs, which has no cuts, does not count.
-#}
{{ config(materialized='table', meta={'has_given_cuts': false}) }}
{%- set rows = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.fqn[1] == 'kpis' and node.name.startswith('kpi_') and has_given_cuts(node) -%}
        {%- set marts = marts_counted(node.unique_id) -%}
        {%- for cut in common_cuts(node) -%}
            {%- do rows.append((node.name | replace('kpi_', '', 1), cut, marts | join('|'))) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif %}
{%- set texts = [] -%}
{%- for kpi, cut, marts in rows | sort -%}
    {%- do texts.append((kpi, cut, '|' ~ marts ~ '|')) -%}
{%- endfor %}
with cuts as (

    {{ listed_rows(['kpi', 'cut', 'marts'], texts) }}

),

meanings as (

    select * from {{ ref('cut_meanings') }}

),

-- Two marts of a KPI can mean the same by a cut.
meant as (

    select distinct
        cuts.kpi,
        cuts.cut,
        meanings.means_en,
        meanings.means_fr

    from cuts

    inner join meanings
        on
            cuts.cut = meanings.cut
            and position(('|' || meanings.mart || '|') in cuts.marts) > 0

),

listed as (

    select
        kpi,
        cut,
        {{ dbt.listagg('means_en', "'; '", 'order by means_en') }} as means_en,
        {{ dbt.listagg('means_fr', "' ; '", 'order by means_en') }} as means_fr

    from meant

    group by
        kpi,
        cut

),

final as (

    select
        cuts.kpi,
        cuts.cut,
        listed.means_en,
        listed.means_fr

    from cuts

    left join listed
        on
            cuts.kpi = listed.kpi
            and cuts.cut = listed.cut

)

select * from final
