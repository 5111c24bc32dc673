// One or more figures over periods.
const SERIES = ["--accent", "--second", "--third", "--fourth", "--muted"];
const trend = (panel) => {
  const { options, unit } = panel;
  const rows = worded(panel, rowsUntil(panel), "series", "series_order");
  const count = options.periods ?? 12;
  const starts = [...new Set(rows.map((row) => row.period_start))].slice(-count);
  const names = [
    ...new Map(
      rows
        .filter((row) => row.period_start >= starts[0])
        .sort(byOrder("series_order", "series"))
        .map((row) => [row.series, row]),
    ).values(),
  ];
  const at = (series, start) =>
    rows.find((row) => row.series === series && row.period_start === start);
  const main = names[0]?.series;
  const values = starts.map((start) => at(main, start)).filter(Boolean);
  const [last, before] = [values[values.length - 1], values[values.length - 2]];
  const valued = values.filter((row) => known(row.value));
  const highest = valued.length ? valued.reduce((a, b) => (b.value > a.value ? b : a)) : null;
  const lowest = valued.length ? valued.reduce((a, b) => (b.value < a.value ? b : a)) : null;
  const labels = starts.map((start) => periodWritten(start, state.grain, { short: true }));
  const relative = changeOf(last?.value, before?.value, unit);
  const isColumns = (options.mark ?? "line") !== "line";
  const hasTarget = panel.rows.has("target") && values.some((row) => known(row.target));
  return {
    unit,
    facts: {
      last: { value: last?.value ?? null, unit },
      last_label: { text: last ? periodWritten(last.period_start, state.grain) : "" },
      previous: { value: before?.value ?? null, unit },
      change: {
        value: known(last?.value) && known(before?.value) ? last.value - before.value : null,
        unit,
      },
      change_share: relative ?? { value: null, unit },
      first: { value: valued[0]?.value ?? null, unit },
      since_first: {
        value: valued.length && known(last?.value) ? last.value - valued[0].value : null,
        unit,
      },
      since_first_share: (valued.length && changeOf(last?.value, valued[0].value, unit)) || {
        value: null,
        unit,
      },
      first_period: { text: valued[0] ? periodWritten(valued[0].period_start, state.grain) : "" },
      highest: { value: highest?.value ?? null, unit },
      highest_label: { text: highest ? periodWritten(highest.period_start, state.grain) : "" },
      lowest: { value: lowest?.value ?? null, unit },
      lowest_label: { text: lowest ? periodWritten(lowest.period_start, state.grain) : "" },
      total: { value: sum(names.map(({ series }) => at(series, last?.period_start)?.value)), unit },
    },
    reason: known(last?.value) ? null : reasonOf(last ? [last] : rows),
    isEmpty: !valued.length,
    items: starts.map((start) => ({
      label: periodWritten(start, state.grain),
      key: { period_start: start },
      rows: names.map(({ series }) => at(series, start)).filter(Boolean),
      lines: [
        ...names.map((row) => {
          const one = at(row.series, start);
          return valueLine(labelOf(row, "series"), one?.value ?? null, unit, one ?? {});
        }),
        ...(hasTarget && known(at(main, start)?.target)
          ? [[said(words.page.target), written(at(main, start).target, unit)]]
          : []),
      ],
    })),
    table: {
      head: [
        said(words.page.period),
        ...names.map((row) => labelOf(row, "series")),
        ...(hasTarget ? [said(words.page.target)] : []),
      ],
      rows: starts.map((start) => [
        textCell(periodWritten(start, state.grain)),
        ...names.map(({ series }) =>
          cell(at(series, start)?.value ?? null, unit, at(series, start) ?? {}),
        ),
        ...(hasTarget ? [cell(at(main, start)?.target ?? null, unit, { isPlain: true })] : []),
      ]),
    },
    legend: [
      ...(names.length > 1
        ? names.map((row, place) => ({ mark: `series-${place}`, label: labelOf(row, "series") }))
        : []),
      ...(hasTarget ? [{ mark: "target", label: said(words.page.target) }] : []),
    ],
    isSideways: false,
    left: 0,
    height: null,
    option: (width) => {
      const c = colours();
      const texts = starts
        .flatMap((start) => names.map(({ series }) => at(series, start)?.value))
        .filter(known);
      const left =
        12 +
        Math.max(
          ...[Math.max(...texts), Math.min(0, ...texts)].map((value) =>
            breadth(onAxis(value * 1.1, unit), 11),
          ),
        );
      const room = (width - left - 24) / labels.length;
      const every = Math.ceil((Math.max(...labels.map((label) => breadth(label, 11))) + 10) / room);
      const itemOf = (row) =>
        row?.is_provisional === true
          ? isColumns
            ? { itemStyle: { decal: hatch() } }
            : { symbol: "emptyCircle", symbolSize: 9 }
          : {};
      return {
        grid: { left, right: 24, top: 18, bottom: 26 },
        xAxis: categoryAxis(labels, {
          boundaryGap: isColumns,
          axisLabel: {
            color: c.muted,
            fontSize: 11,
            interval: (place) => (labels.length - 1 - place) % every === 0,
          },
        }),
        yAxis: valueAxis(unit, {
          scale:
            !isColumns &&
            unit !== "share" &&
            Math.min(...texts) > 0 &&
            Math.min(...texts) > 0.5 * Math.max(...texts),
        }),
        series: [
          ...names.map(({ series }, which) => ({
            type: isColumns ? "bar" : "line",
            stack: options.mark === "stack" ? "all" : undefined,
            barMaxWidth: 34,
            symbol: "circle",
            symbolSize: 6,
            showSymbol: names.length < 3,
            data: starts.map((start) => ({
              value: at(series, start)?.value ?? null,
              ...itemOf(at(series, start)),
            })),
            lineStyle: { width: 2 },
            itemStyle: {
              color: themed(SERIES[which % SERIES.length]),
              borderRadius: isColumns && options.mark !== "stack" ? [2, 2, 0, 0] : 0,
            },
            emphasis: { scale: 1.4 },
            // The last figure stands beside its point; the others are in the tip and in the table.
            label: {
              show: names.length === 1,
              position:
                known(before?.value) && last.value < before.value && !isColumns ? "bottom" : "top",
              color: c.ink,
              fontSize: 11,
              fontWeight: 600,
              formatter: ({ dataIndex, value }) =>
                dataIndex === starts.length - 1 && known(value) ? written(value, unit) : "",
            },
          })),
          ...(hasTarget
            ? [
                {
                  type: "line",
                  step: "middle",
                  symbol: "none",
                  silent: true,
                  data: starts.map((start) => at(main, start)?.target ?? null),
                  lineStyle: { type: "dashed", width: 1.5, color: c.muted },
                  itemStyle: { color: c.muted },
                },
              ]
            : []),
        ],
      };
    },
  };
};
