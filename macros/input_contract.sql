{#-
    The tables of the input contract, listed here and nowhere else: a model of models/inputs has the
    columns of each.

    day      the column by which its rows are counted by month, if it has one: the gate compares the
             months with those of the published file
    moments  the columns that hold moments, which tell how far the data goes

    The record that a row belongs to, so that somebody can open and mend it (macros/records.sql):

    record   its kind, of the seed record_types; of a row of a history that whose history it is
    id       its id in the source; `id_day` a day in place of one
    owner    who is responsible, if the row says it: the owner_id of a cost is whose cost it is
    deal, contact, company   the record that it belongs to in turn, which may have an owner
    amount   the money that it holds, in `currency`; none of costs and pay, which are not shown
-#}
{% macro input_tables() -%}
{{- return({
    'owners': {'record': 'owner', 'id': 'owner_id', 'owner': 'owner_id'},
    'owner_periods': {
        'day': 'valid_from',
        'record': 'owner', 'id': 'owner_id', 'owner': 'owner_id',
    },
    'companies': {
        'day': 'created_at', 'moments': ['created_at'],
        'record': 'company', 'id': 'company_id', 'owner': 'owner_id',
    },
    'contacts': {
        'day': 'created_at', 'moments': ['created_at'],
        'record': 'contact', 'id': 'contact_id', 'owner': 'owner_id',
    },
    'contact_companies': {'record': 'contact', 'id': 'contact_id'},
    'lifecycle_history': {
        'day': 'entered_at', 'moments': ['entered_at'],
        'record': 'contact', 'id': 'contact_id',
    },
    'pipelines': {'record': 'pipeline', 'id': 'pipeline_id'},
    'deals': {
        'day': 'created_at', 'moments': ['created_at'],
        'record': 'deal', 'id': 'deal_id', 'owner': 'owner_id', 'amount': 'deal_amount',
    },
    'deal_contacts': {'record': 'deal', 'id': 'deal_id'},
    'deal_stage_history': {
        'day': 'entered_at', 'moments': ['entered_at'],
        'record': 'deal', 'id': 'deal_id',
    },
    'deal_property_history': {
        'day': 'changed_at', 'moments': ['changed_at'],
        'record': 'deal', 'id': 'deal_id',
    },
    'quotes': {
        'day': 'created_at', 'moments': ['created_at', 'sent_at'],
        'record': 'quote', 'id': 'quote_id', 'deal': 'deal_id', 'amount': 'quote_amount',
    },
    'activities': {
        'day': 'occurred_at', 'moments': ['occurred_at'],
        'record': 'activity', 'id': 'activity_id', 'owner': 'owner_id', 'deal': 'deal_id',
        'contact': 'contact_id',
    },
    'campaigns': {
        'day': 'start_date',
        'record': 'campaign', 'id': 'campaign_id', 'amount': 'budget_amount',
    },
    'campaign_spend': {
        'day': 'spent_on',
        'record': 'campaign_spend', 'id_day': 'spent_on', 'amount': 'spend_amount',
    },
    'web_sessions': {
        'day': 'started_at', 'moments': ['started_at'],
        'record': 'web_session', 'id': 'session_id', 'contact': 'contact_id',
    },
    'trade_show_visits': {
        'day': 'visited_at', 'moments': ['visited_at'],
        'record': 'trade_show_visit', 'id': 'visit_id', 'owner': 'owner_id',
        'contact': 'contact_id',
    },
    'feedback_submissions': {
        'day': 'submitted_at', 'moments': ['submitted_at'],
        'record': 'answer', 'id': 'feedback_id', 'contact': 'contact_id',
    },
    'plans': {'record': 'plan', 'id': 'plan_id'},
    'subscriptions': {
        'day': 'valid_from',
        'record': 'subscription', 'id': 'coalesce(subscription_id, line_id)',
        'company': 'company_id', 'amount': 'price_of_a_year',
    },
    'invoices': {
        'day': 'issued_on',
        'record': 'invoice', 'id': 'invoice_id', 'company': 'company_id',
        'amount': 'amount_excl_tax',
    },
    'invoice_lines': {'day': 'period_start', 'record': 'invoice_line', 'id': 'invoice_line_id'},
    'exchange_rates': {
        'day': 'rate_date',
        'record': 'exchange_rate', 'id': "from_currency || '/' || to_currency",
    },
    'expense_ledger': {'day': 'booked_on', 'record': 'cost', 'id': 'entry_id'},
    'payroll': {'day': 'payroll_month', 'record': 'payroll', 'id_day': 'payroll_month'},
    'quotas': {
        'day': 'quarter_start',
        'record': 'quota', 'id': 'owner_id', 'owner': 'owner_id', 'amount': 'quota_amount',
    },
    'submitted_forecasts': {
        'day': 'submitted_on',
        'record': 'forecast', 'id': 'owner_id', 'owner': 'owner_id', 'amount': 'forecast_amount',
    },
}) -}}
{%- endmacro %}
