with deals as (

    select * from {{ ref('fct_deals') }}

),

-- If no deal has an outcome, it is unknown which companies were customers before.
outcomes as (

    select * from deals where is_won is not null

),

{{ aggregated(
    'deals', cuts_of('deal_cuts'), created_deal_slices(with_amounts=true), has_weeks=true,
    record=['deal', 'deal_id', 'fct_deals']
) }}

select * from final
