{{ config(meta={'has_given_cuts': false}) }}
{{ kpis_side_by_side('quarter') }}
