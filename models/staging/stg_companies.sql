with recursive

{{ accepted_inputs('companies', blanked=['employee_count', 'is_archived']) }},

company_links as (

    select
        source_system || ':' || company_id as company_id,
        min(linked_source || ':' || linked_company_id) as linked_company_id,
        count(distinct linked_source || ':' || linked_company_id) as link_count

    from {{ ref('company_links') }}

    group by source_system || ':' || company_id

),

-- All that arrived, rejected or not, with the company of another source that each counts under.
arrived as (

    select
        inputs.input_row_id,
        inputs.source_system,
        {{ entity_id('inputs.company_id') }} as company_id,
        {{ entity_id('inputs.merged_into_company_id') }} as given_company_id,
        lower({{ as_text('inputs.domain') }}) as domain

    from inputs

),

linked as (

    select
        arrived.*,
        company_links.linked_company_id,
        coalesce(
            company_links.link_count > 1
            or (
                {{ given_source('arrived.given_company_id') }} != arrived.source_system
                and arrived.given_company_id != company_links.linked_company_id
            ),
            false
        ) as has_contradicting_links

    from arrived

    left join company_links
        on arrived.company_id = company_links.company_id

),

ranked_sources as (

    {% for source in setting('connectors') -%}
    select
        '{{ source }}' as source_system,
        {{ loop.index }} as source_order
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}

),

unlinked as (

    select
        linked.company_id,
        linked.domain,
        ranked_sources.source_order

    from linked

    inner join ranked_sources
        on linked.source_system = ranked_sources.source_system

    where
        linked.given_company_id is null
        and linked.linked_company_id is null
        and linked.domain is not null
        and {{ var('match_companies_by_domain') | lower }}

),

-- A domain that two companies of the earlier sources have says nothing.
domain_matches as (

    select
        later.company_id,
        min(earlier.company_id) as matched_company_id

    from unlinked as later

    inner join unlinked as earlier
        on
            later.domain = earlier.domain
            and later.source_order > earlier.source_order

    group by later.company_id

    having count(distinct earlier.company_id) = 1

),

-- A link that contradicts another is none: no figure is computed on a guess.
company_merges as (

    select
        linked.input_row_id,
        linked.company_id,
        linked.has_contradicting_links,
        case
            when linked.has_contradicting_links then null
            else coalesce(
                linked.given_company_id,
                linked.linked_company_id,
                domain_matches.matched_company_id
            )
        end as merged_into_company_id,
        case
            when linked.has_contradicting_links then null
            when linked.given_company_id is not null then 'source'
            when linked.linked_company_id is not null then 'company_links'
            when domain_matches.matched_company_id is not null then 'domain'
        end as linked_by

    from linked

    left join domain_matches
        on linked.company_id = domain_matches.company_id

),

typed as (

    select
        accepted.source_system,
        cast(accepted.input_row_id as bigint) as input_row_id,
        company_merges.company_id,
        accepted.company_name,
        accepted.industry,
        accepted.country,
        {{ unless_blanked('employee_count', as_number('employee_count', 'integer')) }}
            as employee_count,
        {{ entity_id('owner_id') }} as owner_id,
        {{ entity_id('parent_company_id') }} as parent_company_id,
        {{ as_moment('created_at') }} as created_at,
        coalesce({{ unless_blanked('is_archived', as_boolean('is_archived')) }}, false)
            as is_archived,
        company_merges.merged_into_company_id,
        company_merges.linked_by,
        company_merges.has_contradicting_links,
        accepted.record_url
        {{- custom_cells('companies') }}

    from accepted

    inner join company_merges
        on accepted.input_row_id = company_merges.input_row_id

),

{{ resolved_merges('company', merges='company_merges') }}

select * from resolved
