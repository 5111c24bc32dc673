with balances as (

    select * from {{ ref('fct_pipeline_balances') }}

),

period_pieces as (

    select * from {{ ref('dim_period_pieces') }}

),

periods as (

    select * from {{ ref('dim_periods') }} where has_begun

),

closings as (

    select * from {{ ref('int_deal_closings_valued') }}

),

owners as (

    select * from {{ ref('dim_owner_periods') }}

),

deals as (

    select * from {{ ref('fct_deals') }}

),

first_opened as (

    select
        deal_id,
        pipeline_basis,
        min(open_from) as open_from

    from {{ ref('int_deal_open_spans') }}

    group by
        deal_id,
        pipeline_basis

),

-- A period starts with the deals that were open on the day before it.
at_start as (

    select
        periods.period_grain,
        periods.period_start,
        balances.deal_id,
        balances.pipeline_basis,
        balances.deal_amount,
        balances.expected_close_date,
        balances.owner_name,
        balances.team

    from periods

    inner join balances
        on
            cast({{ dbt.dateadd('day', -1, 'periods.period_start') }} as date)
            = balances.balance_date

),

at_end as (

    select
        period_pieces.period_grain,
        period_pieces.period_start,
        balances.deal_id,
        balances.pipeline_basis,
        balances.deal_amount,
        balances.expected_close_date,
        balances.owner_name,
        balances.team

    from period_pieces

    inner join balances
        on period_pieces.piece_start = balances.piece_start

    where period_pieces.is_last_piece

),

-- If a deal closes several times in a period, the last time counts.
closed_in_period as (

    select
        periods.period_grain,
        periods.period_start,
        closings.deal_id,
        closings.pipeline_basis,
        closings.is_won,
        closings.deal_amount,
        closings.expected_close_date,
        owners.owner_name,
        owners.team

    from periods

    inner join closings
        on
            periods.period_start <= closings.closed_date
            and periods.period_end >= closings.closed_date

    left join owners
        on
            closings.owner_id = owners.owner_id
            and closings.closed_date >= owners.valid_from
            and closings.closed_date <= owners.valid_to

    where
        closings.next_closed_date is null
        or closings.next_closed_date > periods.period_end

),

touched as (

    select
        period_grain,
        period_start,
        deal_id,
        pipeline_basis

    from at_start

    union

    select
        period_grain,
        period_start,
        deal_id,
        pipeline_basis

    from at_end

    union

    select
        period_grain,
        period_start,
        deal_id,
        pipeline_basis

    from closed_in_period

),

-- Names are joined last: the rows that wait in memory for the states before have none.
final as (

    select
        touched.period_grain,
        touched.period_start,
        touched.deal_id,
        deals.deal_name,
        deals.company_name,
        deals.record_url,
        touched.pipeline_basis,
        at_start.owner_name as start_owner_name,
        at_start.team as start_team,
        case
            when at_end.deal_id is not null then at_end.owner_name
            else closed_in_period.owner_name
        end as owner_name,
        case when at_end.deal_id is not null then at_end.team else closed_in_period.team end
            as team,
        deals.pipeline_name,
        deals.channel,
        deals.customer_type,
        first_opened.open_from >= touched.period_start as is_new,
        at_start.deal_id is not null as was_open,
        coalesce(
            at_start.expected_close_date between periods.period_start and periods.period_end, false
        ) as was_due,
        coalesce(at_start.deal_amount, 0) as start_amount,
        at_end.deal_id is not null as is_open,
        coalesce(
            case
                when at_end.deal_id is not null then at_end.expected_close_date
                else closed_in_period.expected_close_date
            end between periods.period_start and periods.period_end,
            false
        ) as is_due,
        coalesce(at_end.deal_amount, closed_in_period.deal_amount, 0) as end_amount,
        closed_in_period.deal_id is not null and at_end.deal_id is null as is_closed_in_period,
        coalesce(closed_in_period.is_won, false) as is_won

    from touched

    left join at_start
        on
            touched.period_grain = at_start.period_grain
            and touched.period_start = at_start.period_start
            and touched.deal_id = at_start.deal_id
            and touched.pipeline_basis = at_start.pipeline_basis

    left join at_end
        on
            touched.period_grain = at_end.period_grain
            and touched.period_start = at_end.period_start
            and touched.deal_id = at_end.deal_id
            and touched.pipeline_basis = at_end.pipeline_basis

    left join closed_in_period
        on
            touched.period_grain = closed_in_period.period_grain
            and touched.period_start = closed_in_period.period_start
            and touched.deal_id = closed_in_period.deal_id
            and touched.pipeline_basis = closed_in_period.pipeline_basis

    inner join periods
        on
            touched.period_grain = periods.period_grain
            and touched.period_start = periods.period_start

    inner join first_opened
        on
            touched.deal_id = first_opened.deal_id
            and touched.pipeline_basis = first_opened.pipeline_basis

    left join deals
        on touched.deal_id = deals.deal_id

)

select * from final
