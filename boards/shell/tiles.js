// Key figures with change, target, status and a line of their past.
const tiles = (panel) => {
  const chosen = chosenCut();
  const period = chosenPeriod();
  const at = (kpi, start, cut) =>
    panel.rows.where({ kpi, period_grain: state.grain, period_start: start, ...cut })[0];
  const total = { dimension: "all", segment: "all" };
  panel.kpis ??= [...new Map(panel.rows.where({}).map((row) => [row.kpi, row])).values()].sort(
    (a, b) => (a.kpi_order ?? 0) - (b.kpi_order ?? 0),
  );
  // A KPI that does not know the cut shows the total and says so.
  panel.cutsOf ??= new Map(
    panel.kpis.map(({ kpi }) => [
      kpi,
      new Set(panel.rows.where({ kpi }).map((row) => row.dimension)),
    ]),
  );
  const shown = panel.kpis.map((first) => {
    const { kpi } = first;
    const isCut = panel.cutsOf.get(kpi).has(chosen.dimension);
    const cut = isCut ? chosen : total;
    const row = at(kpi, state.period, cut);
    const before = period ? at(kpi, period.previous, cut) : null;
    const unit = panel.options.formats?.[kpi] ?? first.unit;
    const starts = periodsOf(state.grain)
      .filter((each) => each.start <= state.period)
      .slice(-12);
    return {
      kpi,
      first,
      row,
      before,
      unit,
      isCut,
      values: starts.map((each) => at(kpi, each.start, cut)?.value ?? null),
    };
  });
  const itemOf = ({ first, row }) => ({
    label: first[`name_${state.lang}`],
    key: { period_start: state.period },
    rows: row ? [row] : [],
  });
  const tile = (one) => {
    const { first, row, before, unit, isCut, values } = one;
    const change = changeOf(row?.value, before?.value, unit);
    const isProvisional = row?.is_provisional === true;
    const hasValue = known(row?.value);
    return make(
      "li",
      { class: `tile${isProvisional ? " provisional" : ""}`, "data-kpi": first.kpi },
      make("h3", {}, openerOf(panel, itemOf(one))),
      make(
        "p",
        { class: "value", "data-value": hasValue ? String(row.value) : null },
        hasValue ? written(row.value, unit) : said(words.page.no_figure),
      ),
      make(
        "p",
        { class: "change" },
        ...(hasValue ? [] : [reasonSaid(row?.null_reason)]),
        ...(hasValue && change
          ? [
              make(
                "span",
                { class: "arrow", "aria-hidden": "true" },
                changeIsZero(change) ? "●" : change.value > 0 ? "▲" : "▼",
              ),
              make(
                "b",
                { "data-change": String(change.value) },
                changeIsZero(change) ? said(words.page.no_change) : changeWritten(change),
              ),
              ` ${said(words.page.versus, { period: periodWritten(period.previous, state.grain) })}`,
            ]
          : []),
        ...(hasValue && !change ? [said(words.page.no_previous)] : []),
      ),
      make(
        "p",
        { class: "judged" },
        ...(known(row?.status) || known(row?.target)
          ? [
              known(row?.status) ? statusChip(row.status) : null,
              known(row?.target)
                ? make(
                    "span",
                    { "data-target": String(row.target) },
                    `${said(words.page.target)} ${written(row.target, unit)}`,
                  )
                : null,
            ].filter(Boolean)
          : []),
        ...(isProvisional ? [make("span", { class: "flag" }, said(words.page.provisional))] : []),
        ...(isCut
          ? []
          : [
              make(
                "span",
                { class: "flag" },
                said(words.page.total_of_cut, { cut: lower(dimensionSaid(chosen.dimension)) }),
              ),
            ]),
      ),
      sparkline(values),
    );
  };
  return {
    facts: {},
    unit: null,
    reason: null,
    isEmpty: false,
    items: shown.map(itemOf),
    draw: (element) => element.append(make("ul", { class: "tiles" }, ...shown.map(tile))),
    table: {
      head: [
        said(words.page.kpi),
        said(words.page.value),
        said(words.page.before),
        said(words.page.target),
        said(words.page.status),
      ],
      rows: shown.map(({ first, row, before, unit }) => [
        textCell(first[`name_${state.lang}`]),
        cell(row?.value ?? null, unit, row ?? {}),
        cell(before?.value ?? null, unit, before ?? {}),
        cell(row?.target ?? null, unit, { isPlain: true }),
        textCell(known(row?.status) ? said(words.statuses[row.status]) : ""),
      ]),
    },
    isProvisional: shown.some(({ row }) => row?.is_provisional === true),
  };
};
