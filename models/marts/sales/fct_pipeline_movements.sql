{%- set movements = {
    'start': 'case when was_in_scope then start_amount end',
    'reassigned_out': 'case when was_in_scope and is_reassigned then -1 * start_amount end',
    'reassigned_in': 'case when was_in_scope and is_reassigned then start_amount end',
    'created': 'case when not was_open and is_new and is_present then end_amount end',
    'reopened': 'case when not was_open and not is_new and is_present then end_amount end',
    'pulled_in': 'case when was_open and not was_in_scope and is_present then start_amount end',
    'increased': 'case when was_open and is_present and end_amount > start_amount'
        ~ ' then end_amount - start_amount end',
    'decreased': 'case when was_open and is_present and end_amount < start_amount'
        ~ ' then end_amount - start_amount end',
    'pushed_out': 'case when was_in_scope and is_open and not is_in_scope'
        ~ ' then -1 * start_amount end',
    'won': 'case when is_closed_in_period and is_won then -1 * end_amount end',
    'lost': 'case when is_closed_in_period and is_present and not is_won'
        ~ ' then -1 * end_amount end',
    'end': 'case when is_in_scope then end_amount end',
} -%}
with deal_periods as (

    select
        *,
        coalesce(start_owner_name, '') != coalesce(owner_name, '')
        or coalesce(start_team, '') != coalesce(team, '') as is_reassigned

    from {{ ref('fct_pipeline_periods') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

scopes as (

    select
        'all_open' as pipeline_scope,
        true as is_everything

    union all

    select
        'closing_in_period' as pipeline_scope,
        false as is_everything

),

scoped as (

    select
        scopes.pipeline_scope,
        scopes.is_everything,
        deal_periods.*,
        deal_periods.was_open and (scopes.is_everything or deal_periods.was_due) as was_in_scope,
        deal_periods.is_open and (scopes.is_everything or deal_periods.is_due) as is_in_scope

    from deal_periods

    cross join scopes

),

-- A deal that is won within the period belongs to it, whatever date was expected before. One that
-- was due later and is lost early was never due in it: it is lost among all open deals alone.
present as (

    select
        *,
        case
            when not is_closed_in_period then is_in_scope
            else is_everything or is_won or was_in_scope or is_due or not was_open
        end as is_present

    from scoped

),

{{ listed('movements', 'pipeline_movement', movements) }},

each as (

    select
        present.pipeline_scope,
        present.period_grain,
        present.period_start,
        present.deal_id,
        present.pipeline_basis,
        movements.pipeline_movement,
        -- The start belongs to the owner of the day before the period, all else to the one at its
        -- end.
        movements.pipeline_movement in ('start', 'reassigned_out') as is_of_start_owner,
        present.start_owner_name,
        present.start_team,
        present.owner_name,
        present.team,
        case movements.pipeline_movement
            {%- for movement, amount in movements.items() %}
            when '{{ movement }}' then {{ amount }}
            {%- endfor %}
        end as movement_amount

    from present

    cross join movements

),

final as (

    select
        each.pipeline_basis,
        each.pipeline_scope,
        each.period_grain,
        each.period_start,
        each.deal_id,
        deals.deal_name,
        deals.company_name,
        deals.record_url,
        each.pipeline_movement,
        case when each.is_of_start_owner then each.start_owner_name else each.owner_name end
            as owner_name,
        case when each.is_of_start_owner then each.start_team else each.team end as team,
        deals.pipeline_name,
        deals.channel,
        cast(each.movement_amount as decimal(28, 8)) as movement_amount

    from each

    inner join deals
        on each.deal_id = deals.deal_id

    where each.movement_amount != 0

)

select * from final
