with deals as (

    select * from {{ ref('int_deals_resolved') }}

),

companies as (

    select * from {{ ref('stg_companies') }}

),

-- The deal belongs to the surviving company.
deals_of_survivors as (

    select
        deals.deal_id,
        -- A company that the CRM does not know is one all the same.
        coalesce(companies.surviving_company_id, deals.company_id) as company_id,
        deals.deal_type,
        deals.created_date,
        deals.closed_date,
        deals.is_won

    from deals

    left join companies
        on deals.company_id = companies.company_id

),

won_deals as (

    select
        deal_id,
        company_id,
        closed_date

    from deals_of_survivors

    where
        is_won
        and company_id is not null
        and closed_date is not null

),

-- A company is an existing customer to a deal if it had won one before this deal began: another
-- one, for a closing typed before the creation does not make a deal its own predecessor.
earlier_wins as (

    select
        deals_of_survivors.deal_id,
        max(won_deals.closed_date) as previous_won_date

    from deals_of_survivors

    inner join won_deals
        on
            deals_of_survivors.company_id = won_deals.company_id
            and deals_of_survivors.deal_id != won_deals.deal_id
            and won_deals.closed_date < coalesce(
                deals_of_survivors.created_date, deals_of_survivors.closed_date
            )

    group by deals_of_survivors.deal_id

),

final as (

    select
        deals_of_survivors.deal_id,
        deals_of_survivors.company_id,
        earlier_wins.previous_won_date,
        case
            when deals_of_survivors.deal_type = 'new_business' then 'new'
            when deals_of_survivors.deal_type = 'existing_business' then 'existing'
            when earlier_wins.previous_won_date is null then 'new'
            else 'existing'
        end as customer_type

    from deals_of_survivors

    left join earlier_wins
        on deals_of_survivors.deal_id = earlier_wins.deal_id

)

select * from final
