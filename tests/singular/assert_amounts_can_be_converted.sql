/*
Claim: the reporting currency has a rate, each currency has one, and each rate is above 0.
Why it could break: a reporting currency that nobody entered into the rates leaves no deal at all,
without an error; a currency twice doubles its deals; a rate of 0 divides by it.
Not checked: whether a rate is right. The gate compares the currencies of deals and quotes with the
rates.
*/
select
    currency,
    count(*) as row_count

from {{ ref('currency_rates') }}

group by currency

having
    count(*) > 1
    or min(euros_per_unit) <= 0
    or count(euros_per_unit) = 0
    or currency is null

union all

select
    '{{ var("reporting_currency") }}' as currency,
    count(*) as row_count

from {{ ref('currency_rates') }}

where currency = '{{ var("reporting_currency") }}'

having count(*) = 0
