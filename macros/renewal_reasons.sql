{#-
    The signs that a renewal is at risk, in the order in which they are named: a wish to cancel
    comes before a debt, and both before less revenue and a low score. `sign` is the column of
    fct_renewals; the words are those of both reports, in both languages.
-#}
{% macro renewal_reasons() -%}
{{- return([
    {
        'reason': 'cancel_asked', 'sign': 'has_asked_to_cancel',
        'en': 'asked to cancel', 'fr': 'résiliation demandée',
    },
    {
        'reason': 'past_due', 'sign': 'is_past_due',
        'en': 'payment past due', 'fr': 'paiement en retard',
    },
    {
        'reason': 'contraction', 'sign': 'has_contracted',
        'en': 'contracted in the last 12 months', 'fr': 'contraction au cours des 12 derniers mois',
    },
    {
        'reason': 'low_nps', 'sign': 'has_low_nps',
        'en': 'low NPS', 'fr': 'NPS faible',
    },
]) -}}
{%- endmacro %}
