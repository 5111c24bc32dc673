/*
Claim: the rows of campaign_results are each campaign's part of KPIs. Over all months the direct
costs are those of marketing_spend, the loaded ones and the won amounts those of marketing_roi, and
leads, MQLs and opportunities those of their KPIs; with what no campaign is credited with, the open
amounts add up to the open pipeline.
Why it could break: a campaign that is missing or twice, a join that repeats rows, another month, an
amount of deals that are lost, costs of another department.
Not checked: how many deals were won (unit test). A campaign is not compared with a KPI that is
unknown in a month, such as one whose costs are not; and no open amounts of a reporting date in the
past, when the KPI takes those of the history.
*/
with campaign_results as (

    select * from {{ ref('campaign_results') }}

),

kpi_values as (

    select * from {{ ref('kpi_values') }}

),

credits as (

    select * from {{ ref('fct_deal_credits') }} where not is_closed

),

parts as (

    select
        campaign_name,
        'marketing_spend.fully_loaded' as figure,
        direct_cost_amount as amount

    from campaign_results
    {%- for figure, amount in [
        ('leads.standard', 'lead_count'),
        ('mqls.standard', 'mql_count'),
        ('opportunities.contacts', 'opportunity_contact_count'),
        ('marketing_roi.first_touch_of_spend', 'loaded_cost_amount'),
        ('marketing_roi.first_touch', 'first_touch_won_amount'),
        ('marketing_roi.last_touch', 'last_touch_won_amount'),
    ] %}

    union all

    select
        campaign_name,
        '{{ figure }}' as figure,
        {{ amount }} as amount

    from campaign_results
    {%- endfor %}

),

-- The return is the gain and the cost; of the variant by spend the cost alone is looked at.
months as (

    select
        segment as campaign_name,
        kpi || '.' || variant as figure,
        case
            when variant = 'first_touch_of_spend' then denominator
            when kpi = 'marketing_roi' then numerator + denominator
            else numerator
        end as amount

    from kpi_values

    where
        period_grain = 'month'
        and dimension = 'campaign'
        and segment != '(none)'

),

expected as (

    select
        campaign_name,
        figure,
        sum(amount) as amount

    from months

    group by
        campaign_name,
        figure

    having count(amount) = count(*)

),

totals as (

    select
        coalesce(sum(first_touch_open_amount), 0) as first_touch_open_amount,
        coalesce(sum(last_touch_open_amount), 0) as last_touch_open_amount

    from campaign_results

),

pipelines as (

    select
        numerator as amount,
        row_number() over (order by period_start desc) as months_back

    from kpi_values

    where
        kpi = 'open_pipeline'
        and variant = 'unweighted'
        and period_grain = 'month'
        and dimension = 'all'

),

-- Open deals that are credited to no campaign of marketing.
others as (

    select
        coalesce(sum(first_touch_amount), 0) as first_touch_amount,
        coalesce(sum(last_touch_amount), 0) as last_touch_amount

    from credits

    where
        not is_marketing
        or campaign_name is null

),

opened as (

    select
        totals.first_touch_open_amount + others.first_touch_amount as first_touch_amount,
        totals.last_touch_open_amount + others.last_touch_amount as last_touch_amount

    from totals

    cross join others

),

figures as (

    select distinct figure from parts

),

variants as (

    select kpi || '.' || variant as figure from {{ ref('kpi_variants') }}

)

select
    expected.campaign_name,
    expected.figure,
    expected.amount as expected_amount,
    parts.amount as found_amount

from expected

inner join figures
    on expected.figure = figures.figure

left join parts
    on
        expected.campaign_name = parts.campaign_name
        and expected.figure = parts.figure

where expected.amount != coalesce(parts.amount, 0)

union all

-- A figure that no KPI has any more would be compared with nothing.
select
    'none' as campaign_name,
    figures.figure,
    null as expected_amount,
    null as found_amount

from figures

left join variants
    on figures.figure = variants.figure

where variants.figure is null
{%- if not var('reporting_date') %}

union all

select
    'all' as campaign_name,
    'open_pipeline.unweighted' as figure,
    pipelines.amount as expected_amount,
    opened.first_touch_amount as found_amount

from pipelines

cross join opened

where
    pipelines.months_back = 1
    and (
        pipelines.amount != opened.first_touch_amount
        or pipelines.amount != opened.last_touch_amount
    )
{%- endif %}
