with events as (

    select * from {{ ref('alert_events') }}

),

earlier_alerts as (

    select * from {{ ref('earlier_alerts') }}

),

units as (

    select * from {{ ref('units') }}

),

figures as (

    {% for figure in ['value', 'value_before', 'target', 'baseline_mean'] %}
    select
        place,
        unit,
        '{{ figure }}' as figure,
        {{ figure }} as amount

    from events
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

sized_figures as (

    select
        figures.place,
        figures.figure,
        figures.unit,
        units.decimals,
        units.words_en,
        units.words_fr,
        units.word_en,
        units.word_fr,
        case when figures.amount < 0 then '-' else '' end as sign,
        abs(figures.amount) * units.factor as size

    from figures

    inner join units
        on figures.unit = units.unit

),

rounded_figures as (

    select
        *,
        case decimals
            when 0 then cast(cast(round(size, 0) as decimal(28, 0)) as {{ dbt.type_string() }})
            when 1 then cast(cast(round(size, 1) as decimal(28, 1)) as {{ dbt.type_string() }})
            else cast(cast(round(size, 2) as decimal(28, 2)) as {{ dbt.type_string() }})
        end as digits

    from sized_figures

),

cut_up_figures as (

    select
        *,
        {{ dbt.split_part('digits', "'.'", 1) }} as whole_digits,
        case when decimals > 0 then {{ dbt.split_part('digits', "'.'", 2) }} end
            as decimal_digits,
        case
            when unit = 'share' then '%'
            when unit = 'amount' then '{{ var('reporting_currency') }}'
            when digits = '1' then word_en
            else words_en
        end as unit_en,
        case
            when unit = 'share' then '%'
            when unit = 'amount' then '{{ var('reporting_currency') }}'
            when cast(digits as decimal(28, 2)) < 2 then word_fr
            else words_fr
        end as unit_fr

    from rounded_figures

),

written_figures as (

    select
        place,
        figure,
        sign || {{ grouped_thousands('whole_digits', ',') }}
        || coalesce('.' || decimal_digits, '') || coalesce(' ' || unit_en, '') as words_en,
        sign || {{ grouped_thousands('whole_digits', ' ') }}
        || coalesce(',' || decimal_digits, '') || coalesce(' ' || unit_fr, '') as words_fr

    from cut_up_figures

),

figures_side_by_side as (

    select
        place,
        max(case when figure = 'value' then words_en end) as value_en,
        max(case when figure = 'value' then words_fr end) as value_fr,
        max(case when figure = 'value_before' then words_en end) as value_before_en,
        max(case when figure = 'value_before' then words_fr end) as value_before_fr,
        max(case when figure = 'target' then words_en end) as target_en,
        max(case when figure = 'target' then words_fr end) as target_fr,
        max(case when figure = 'baseline_mean' then words_en end) as baseline_en,
        max(case when figure = 'baseline_mean' then words_fr end) as baseline_fr

    from written_figures

    group by place

),

worded as (

    select
        events.*,
        events.name_en || ', ' || {{ period_in_words('en') }} || ': ' as subject_en,
        events.name_fr || ', ' || {{ period_in_words('fr') }} || ' : ' as subject_fr,
        coalesce(figures_side_by_side.value_en, 'no value') as value_en,
        coalesce(figures_side_by_side.value_fr, 'aucune valeur') as value_fr,
        coalesce(figures_side_by_side.value_before_en, 'no value') as value_before_en,
        coalesce(figures_side_by_side.value_before_fr, 'aucune valeur') as value_before_fr,
        coalesce(
            ' (target ' || figures_side_by_side.target_en || ')',
            ' (usually ' || figures_side_by_side.baseline_en || ')',
            ''
        ) as compared_en,
        coalesce(
            ' (objectif ' || figures_side_by_side.target_fr || ')',
            ' (d’ordinaire ' || figures_side_by_side.baseline_fr || ')',
            ''
        ) as compared_fr,
        -- Without a target nothing is off it: French says how far from usual it is.
        figures_side_by_side.target_fr is null
        and figures_side_by_side.baseline_fr is not null as is_by_baseline

    from events

    left join figures_side_by_side
        on events.place = figures_side_by_side.place

),

final as (

    select
        published_at,
        place,
        kind,
        kpi,
        variant,
        name_en,
        name_fr,
        period_grain,
        period_start,
        period_end,
        status_before,
        status,
        value_before,
        value,
        target,
        changed_inputs,
        subject_en || case
            when kind = 'restated'
                then
                    'restated from ' || value_before_en || ' to ' || value_en
                    || coalesce(' (changed inputs: ' || changed_inputs || ')', '')
            when kind = 'back_on_track' and status = 'watch'
                then value_en || compared_en || ', no longer off track, to be watched'
            when kind = 'back_on_track' then value_en || compared_en || ', back on track'
            when previous_status = 'off_track' then value_en || compared_en || ', off track'
            else value_en || compared_en || ', off track since this period'
        end as message_en,
        subject_fr || case
            when kind = 'restated'
                then
                    'corrigé, ' || value_before_fr || ' avant, ' || value_fr || ' maintenant'
                    || coalesce(' (données modifiées : ' || changed_inputs || ')', '')
            when is_by_baseline and kind = 'back_on_track' and status = 'watch'
                then value_fr || compared_fr || ', dégradation moins marquée, à surveiller'
            when is_by_baseline and kind = 'back_on_track'
                then value_fr || compared_fr || ', retour à la normale'
            when is_by_baseline and previous_status = 'off_track'
                then value_fr || compared_fr || ', dégradation marquée'
            when is_by_baseline
                then value_fr || compared_fr || ', dégradation marquée depuis cette période'
            when kind = 'back_on_track' and status = 'watch'
                then value_fr || compared_fr || ', n’est plus hors objectif, à surveiller'
            when kind = 'back_on_track'
                then value_fr || compared_fr || ', de nouveau dans l’objectif'
            when previous_status = 'off_track' then value_fr || compared_fr || ', hors objectif'
            else value_fr || compared_fr || ', hors objectif depuis cette période'
        end as message_fr

    from worded

    union all

    select * from earlier_alerts

)

select * from final
