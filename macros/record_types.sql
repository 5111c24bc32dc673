{#-
    Which record a row of an input table belongs to, so that somebody can open and mend it. The test
    `test_every_input_table_belongs_to_a_record` holds the list against macros/input_contract.sql.

    record    kind of the record, of the seed record_types
    id        its id in the source: of a row of a history the record whose history it is
    owner     who is responsible, if the row says it: the owner_id of a cost is whose cost it is
    deal, contact, company    the records that it belongs to, which may have an owner
    amount, currency          the money that it holds; not of costs and pay, which are nobody's to see
-#}
{% macro records_of_inputs() -%}
{{- return({
    'owners': {'record': 'owner', 'id': 'owner_id', 'owner': 'owner_id'},
    'owner_periods': {'record': 'owner', 'id': 'owner_id', 'owner': 'owner_id'},
    'companies': {'record': 'company', 'id': 'company_id', 'owner': 'owner_id'},
    'contacts': {'record': 'contact', 'id': 'contact_id', 'owner': 'owner_id'},
    'contact_companies': {'record': 'contact', 'id': 'contact_id'},
    'lifecycle_history': {'record': 'contact', 'id': 'contact_id'},
    'pipelines': {'record': 'pipeline', 'id': 'pipeline_id'},
    'deals': {
        'record': 'deal', 'id': 'deal_id', 'owner': 'owner_id', 'amount': 'deal_amount',
        'currency': 'currency',
    },
    'deal_contacts': {'record': 'deal', 'id': 'deal_id'},
    'deal_stage_history': {'record': 'deal', 'id': 'deal_id'},
    'deal_property_history': {'record': 'deal', 'id': 'deal_id'},
    'quotes': {
        'record': 'quote', 'id': 'quote_id', 'deal': 'deal_id', 'amount': 'quote_amount',
        'currency': 'currency',
    },
    'activities': {
        'record': 'activity', 'id': 'activity_id', 'owner': 'owner_id', 'deal': 'deal_id',
        'contact': 'contact_id',
    },
    'campaigns': {
        'record': 'campaign', 'id': 'campaign_id', 'amount': 'budget_amount',
        'currency': 'currency',
    },
    'campaign_spend': {
        'record': 'campaign_spend', 'id': day_as_text('spent_on'), 'amount': 'spend_amount',
        'currency': 'currency',
    },
    'web_sessions': {'record': 'web_session', 'id': 'session_id', 'contact': 'contact_id'},
    'trade_show_visits': {
        'record': 'trade_show_visit', 'id': 'visit_id', 'owner': 'owner_id',
        'contact': 'contact_id',
    },
    'feedback_submissions': {
        'record': 'answer', 'id': 'feedback_id', 'contact': 'contact_id',
    },
    'plans': {'record': 'plan', 'id': 'plan_id'},
    'subscriptions': {
        'record': 'subscription', 'id': 'coalesce(subscription_id, line_id)',
        'company': 'company_id', 'amount': yearly_price(), 'currency': 'currency',
    },
    'invoices': {
        'record': 'invoice', 'id': 'invoice_id', 'company': 'company_id',
        'amount': 'amount_excl_tax', 'currency': 'currency',
    },
    'invoice_lines': {'record': 'invoice_line', 'id': 'invoice_line_id'},
    'exchange_rates': {
        'record': 'exchange_rate', 'id': "from_currency || '/' || to_currency",
    },
    'expense_ledger': {'record': 'cost', 'id': 'entry_id'},
    'payroll': {'record': 'payroll', 'id': day_as_text('payroll_month')},
    'quotas': {
        'record': 'quota', 'id': 'owner_id', 'owner': 'owner_id', 'amount': 'quota_amount',
        'currency': 'currency',
    },
    'submitted_forecasts': {
        'record': 'forecast', 'id': 'owner_id', 'owner': 'owner_id',
        'amount': 'forecast_amount', 'currency': 'currency',
    },
}) -}}
{%- endmacro %}


{#- A day in one spelling; what is none stays as it is. -#}
{% macro day_as_text(column) -%}
coalesce({{ as_text(as_day(column)) }}, {{ as_text(column) }})
{%- endmacro %}


{#- A money cell as text, read with care: what is no number, or none that the gate takes, is null. -#}
{% macro readable_amount(column) -%}
case
            when abs({{ adapter.dispatch('as_exact_number')(column) }}) <= 1000000000000
                then {{ as_number(column, 'decimal(18, 2)') }}
        end
{%- endmacro %}


{#- The price of a year of a subscription line; null where a part of it cannot be read. -#}
{% macro yearly_price() -%}
{%- set number = {} -%}
{%- for column in ['quantity', 'unit_price', 'discount_share', 'interval_count'] -%}
    {%- do number.update({
        column: 'cast(' ~ adapter.dispatch('as_exact_number')(column) ~ ' as ' ~ type_double() ~ ')'
    }) -%}
{%- endfor -%}
case
            when {{ number.quantity }} >= 0 and coalesce({{ number.interval_count }}, 1) >= 1
                then round(
                    {{ number.quantity }} * {{ number.unit_price }}
                    * (1 - coalesce({{ number.discount_share }}, 0))
                    * case {{ as_choice('billing_interval') }}
                        when 'day' then 365
                        when 'week' then 52
                        when 'month' then 12
                        when 'quarter' then 4
                        when 'year' then 1
                    end / coalesce({{ number.interval_count }}, 1), 2
                )
        end
{%- endmacro %}


{#- The mark of a finding and its record, the same in all publications: it is how they are followed. -#}
{% macro finding_key(record_id) -%}
finding || ' | ' || source_system || ' | ' || record_type || ' | ' || {{ record_id }}
{%- endmacro %}
