// Won amounts, what was forecast of them, and what is forecast now.
const forecast = (panel) => {
  const { options, unit } = panel;
  const all = rowsUntil(panel, true);
  const period = chosenPeriod();
  const running = content.periods.filter((each) => each.grain === state.grain).at(-1)?.start ?? "";
  // The forecast of now is shown beside the latest periods; an older one is looked at by itself.
  const isLatest = !period || period.is_latest_whole || state.period >= running;
  const shown = all.filter((row) => isLatest || row.period_start <= state.period);
  const past = shown
    .filter((row) => known(row.actual_amount) && row.is_provisional !== true)
    .slice(-(options.periods ?? 12));
  const coming = shown.filter(
    (row) =>
      !(known(row.actual_amount) && row.is_provisional !== true) &&
      row.period_start > (past.at(-1)?.period_start ?? ""),
  );
  const rows = [...past, ...coming];
  const judged = past.filter((row) => known(row.low_amount));
  const inside = judged.filter(
    (row) => row.actual_amount >= row.low_amount && row.actual_amount <= row.high_amount,
  );
  const next = coming.find((row) => known(row.forecast_amount));
  const last = past.filter((row) => known(row.forecast_amount)).at(-1);
  const gap = last ? last.actual_amount - last.forecast_amount : null;
  return {
    unit,
    facts: {
      next: { value: next?.forecast_amount ?? null, unit },
      next_period: { text: next ? periodWritten(next.period_start, state.grain) : "" },
      low: { value: next?.low_amount ?? null, unit },
      high: { value: next?.high_amount ?? null, unit },
      inside: { value: inside.length, unit: "count" },
      judged: { value: judged.length, unit: "count" },
      last: { value: last?.actual_amount ?? null, unit },
      last_period: { text: last ? periodWritten(last.period_start, state.grain) : "" },
      last_forecast: { value: last?.forecast_amount ?? null, unit },
      last_gap: { value: gap, unit },
      last_gap_share: {
        value: last?.forecast_amount ? gap / last.forecast_amount : null,
        unit: "percent",
      },
    },
    reason: null,
    isEmpty: !rows.length,
    items: rows.map((row) => ({
      label: periodWritten(row.period_start, state.grain),
      key: row,
      // What is only forecast has no rows.
      rows: known(row.actual_amount) ? [row] : [],
      lines: [
        ...(known(row.actual_amount)
          ? [valueLine(said(words.page.actual), row.actual_amount, unit, row)]
          : []),
        ...(known(row.forecast_amount)
          ? [[said(words.page.forecast), written(row.forecast_amount, unit, { exact: true })]]
          : []),
        ...(known(row.low_amount)
          ? [
              [
                said(words.page.interval),
                `${written(row.low_amount, unit)} – ${written(row.high_amount, unit)}`,
              ],
            ]
          : []),
      ],
    })),
    table: {
      head: [
        said(words.page.period),
        said(words.page.actual),
        said(words.page.forecast),
        said(words.page.low),
        said(words.page.high),
      ],
      rows: rows.map((row) => [
        textCell(periodWritten(row.period_start, state.grain)),
        cell(row.actual_amount, unit, row),
        cell(row.forecast_amount, unit, { isPlain: true }),
        cell(row.low_amount, unit, { isPlain: true }),
        cell(row.high_amount, unit, { isPlain: true }),
      ]),
    },
    legend: [
      { mark: "now", label: said(words.page.actual) },
      { mark: "diamond", label: said(words.page.forecast) },
      { mark: "range", label: said(words.page.interval) },
    ],
    isProvisional: rows.some((row) => known(row.actual_amount) && row.is_provisional === true),
    isSideways: false,
    left: 0,
    height: null,
    option: (width) => {
      const c = colours();
      const labels = rows.map((row) =>
        periodWritten(row.period_start, state.grain, { short: true }),
      );
      const most = Math.max(
        ...rows.flatMap((row) => [row.actual_amount ?? 0, row.high_amount ?? 0]),
      );
      const left = 14 + breadth(onAxis(most * 1.1, unit), 11);
      const every = Math.ceil(
        (Math.max(...labels.map((label) => breadth(label, 11))) + 10) /
          ((width - left - 12) / labels.length),
      );
      return {
        grid: { left, right: 12, top: 10, bottom: 26 },
        xAxis: categoryAxis(labels, {
          axisLabel: {
            color: c.muted,
            fontSize: 11,
            interval: (place) => (labels.length - 1 - place) % every === 0,
          },
        }),
        yAxis: valueAxis(unit),
        series: [
          {
            type: "bar",
            barMaxWidth: 30,
            itemStyle: { color: c.accent, borderRadius: [2, 2, 0, 0] },
            data: rows.map((row) => ({
              value: row.actual_amount,
              itemStyle: row.is_provisional === true ? { decal: hatch() } : {},
            })),
          },
          {
            type: "custom",
            z: 3,
            silent: true,
            encode: { x: 0, y: [1, 2, 3] },
            data: rows.map((row, place) => [
              place,
              row.low_amount,
              row.forecast_amount,
              row.high_amount,
            ]),
            renderItem: (params, api) => {
              const row = rows[params.dataIndex];
              if (!known(row.forecast_amount)) return null;
              const at = (value) => api.coord([params.dataIndex, value]);
              const [x, y] = at(row.forecast_amount);
              const half = Math.min(8, api.size([1, 1])[0] * 0.28);
              const stroke = { stroke: c.ink, lineWidth: 1.5 };
              const children = [];
              if (known(row.low_amount)) {
                const [low, high] = [at(row.low_amount)[1], at(row.high_amount)[1]];
                children.push(
                  { type: "line", shape: { x1: x, y1: low, x2: x, y2: high }, style: stroke },
                  {
                    type: "line",
                    shape: { x1: x - half, y1: low, x2: x + half, y2: low },
                    style: stroke,
                  },
                  {
                    type: "line",
                    shape: { x1: x - half, y1: high, x2: x + half, y2: high },
                    style: stroke,
                  },
                );
              }
              children.push({
                type: "polygon",
                shape: {
                  points: [
                    [x, y - 5],
                    [x + 5, y],
                    [x, y + 5],
                    [x - 5, y],
                  ],
                },
                style: { fill: c.card, stroke: c.ink, lineWidth: 1.5 },
              });
              return { type: "group", children };
            },
          },
        ],
      };
    },
  };
};
