// A figure for each category, with that of the period before.
const bars = (panel) => {
  const { options, unit } = panel;
  const order = options.order ?? "value";
  const all = worded(panel, rowsAt(panel), "category", "category_order")
    .filter((row) => known(row.value) || known(row.null_reason))
    .sort(order === "value" ? byValue : byOrder("category_order", "category"));
  const rows = options.most ? all.slice(0, options.most) : all;
  const period = chosenPeriod();
  const compared =
    options.compare && period
      ? new Map(
          rowsAt(
            panel,
            options.compare === "previous_year" ? period.year_before : period.previous,
          ).map((row) => [row.category, row.value]),
        )
      : null;
  const before = (row) =>
    compared ? (compared.get(row.category) ?? null) : (row.compared_value ?? null);
  const hasBefore = Boolean(compared) || panel.rows.has("compared_value");
  const valued = rows.filter((row) => known(row.value)).sort(byValue);
  const [best, worst] = [valued[0], valued[valued.length - 1]];
  const total = sum(all.map((row) => row.value));
  const chosen = splitOf(panel) === chosenCut().dimension ? chosenCut().segment : null;
  const [nowName, beforeName] = [
    periodWritten(state.period, state.grain),
    period
      ? periodWritten(
          options.compare === "previous_year" ? period.year_before : period.previous,
          state.grain,
        )
      : "",
  ];
  return {
    unit,
    facts: {
      best: { value: best?.value ?? null, unit },
      best_label: { text: best ? labelOf(best, "category") : "" },
      worst: { value: worst?.value ?? null, unit },
      worst_label: { text: worst ? labelOf(worst, "category") : "" },
      total: { value: valued.length ? total : null, unit },
      best_share: { value: total ? (best?.value ?? 0) / total : null, unit: "share" },
      best_change: best ? changeFact(best.value, before(best), unit) : { value: null, unit },
      count: { value: valued.length, unit: "count" },
    },
    reason: valued.length ? null : reasonOf(all),
    isEmpty: !valued.length,
    items: rows.map((row) => ({
      label: labelOf(row, "category"),
      key: row,
      rows: [row],
      lines: [
        valueLine(hasBefore ? nowName : said(words.page.value), row.value, unit, row),
        ...(hasBefore ? [[beforeName, written(before(row), unit, { exact: true })]] : []),
        ...(changeOf(row.value, before(row), unit)
          ? [[said(words.page.change), changeWritten(changeOf(row.value, before(row), unit))]]
          : []),
      ],
    })),
    table: {
      head: ["", hasBefore ? nowName : said(words.page.value), ...(hasBefore ? [beforeName] : [])],
      rows: rows.map((row) => [
        textCell(labelOf(row, "category")),
        cell(row.value, unit, row),
        ...(hasBefore ? [cell(before(row), unit)] : []),
      ]),
    },
    legend: [
      ...(hasBefore
        ? [
            { mark: "now", label: nowName },
            { mark: "before", label: beforeName },
          ]
        : []),
      ...(rows.some((row) => row.is_archived === true)
        ? [{ mark: "muted", label: said(words.page.archived) }]
        : []),
    ],
    isSideways: true,
    left: 120,
    height: rows.length * (hasBefore ? 42 : 32) + 12,
    option: (width) => {
      const c = colours();
      const left = Math.min(
        width * 0.4,
        14 + Math.max(...rows.map((row) => breadth(labelOf(row, "category")))),
      );
      const of = (row) => {
        if (row.is_archived === true) return c.muted;
        return chosen && row.category !== chosen ? c.dim : c.accent;
      };
      const least = Math.min(0, ...rows.map((row) => row.value ?? 0));
      return {
        grid: { left, right: 74, top: 2, bottom: 4 },
        xAxis: valueAxis(unit, { show: false, min: least < 0 ? undefined : 0 }),
        yAxis: categoryAxis(
          rows.map((row) => labelOf(row, "category")),
          {
            inverse: true,
            axisLine: { show: least < 0, lineStyle: { color: c.line } },
            axisLabel: {
              color: c.ink,
              fontSize: 12,
              lineHeight: 14,
              interval: 0,
              formatter: (label) => inLines(label, left - 12),
            },
          },
        ),
        series: [
          {
            type: "bar",
            barWidth: hasBefore ? 13 : 18,
            barGap: "20%",
            data: rows.map((row) => ({
              value: row.value,
              itemStyle: {
                color: of(row),
                ...(row.is_provisional === true ? { decal: hatch() } : {}),
              },
              label: known(row.value) ? {} : { show: true },
            })),
            itemStyle: { borderRadius: 2 },
            label: outside("right", ({ dataIndex }) =>
              known(rows[dataIndex].value)
                ? written(rows[dataIndex].value, unit)
                : reasonSaid(rows[dataIndex].null_reason),
            ),
          },
          ...(hasBefore
            ? [
                {
                  type: "bar",
                  barWidth: 7,
                  data: rows.map(before),
                  itemStyle: { color: c.soft, borderRadius: 2 },
                },
              ]
            : []),
        ],
      };
    },
  };
};
