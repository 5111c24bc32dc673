// Steps, each a part of the one before.
const funnel = (panel) => {
  const rows = rowsAt(panel)
    .sort(byOrder("step_order", "step"))
    .filter((row) => known(row.value));
  const unit = panel.unit;
  const rates = rows.map((row, place) =>
    place && rows[place - 1].value ? row.value / rows[place - 1].value : null,
  );
  // The first step is what the others are a part of, and too large a part of it to be compared.
  const compared = rates
    .map((rate, place) => ({ rate, place }))
    .filter(({ rate }) => rate !== null);
  const weakest = compared.length ? compared.reduce((a, b) => (b.rate < a.rate ? b : a)) : null;
  const [first, last] = [rows[0], rows[rows.length - 1]];
  return {
    unit,
    facts: {
      first: { value: first?.value ?? null, unit },
      last: { value: last?.value ?? null, unit },
      rate: { value: first?.value ? last.value / first.value : null, unit: "share" },
      weakest_from: { text: weakest ? labelOf(rows[weakest.place - 1]) : "" },
      weakest_to: { text: weakest ? labelOf(rows[weakest.place]) : "" },
      weakest_rate: { value: weakest?.rate ?? null, unit: "share" },
      ...Object.fromEntries(rows.map((row) => [row.step, { value: row.value, unit }])),
    },
    reason: null,
    isEmpty: !rows.length,
    items: rows.map((row, place) => ({
      label: labelOf(row),
      key: { step: row.step },
      rows: [row],
      lines: [
        valueLine(said(words.page.value), row.value, unit, row),
        ...(rates[place] === null
          ? []
          : [
              [said(words.page.of_step_before), written(rates[place], "share")],
              [said(words.page.of_first), written(row.value / first.value, "share")],
              [said(words.page.lost), written(rows[place - 1].value - row.value, unit)],
            ]),
      ],
    })),
    table: {
      head: [said(words.page.kind), said(words.page.value), said(words.page.of_step_before)],
      rows: rows.map((row, place) => [
        textCell(labelOf(row)),
        cell(row.value, unit, row),
        place ? cell(rates[place], "share") : textCell(""),
      ]),
    },
    legend: [{ mark: "ghost", label: said(words.page.lost) }],
    isSideways: true,
    left: 100,
    height: rows.length * 44 + 8,
    option: () => {
      const c = colours();
      const left = 14 + Math.max(...rows.map((row) => breadth(labelOf(row))));
      return {
        grid: { left, right: 92, top: 2, bottom: 2 },
        xAxis: valueAxis(unit, { show: false, max: first.value || 1 }),
        yAxis: categoryAxis(
          rows.map((row) => labelOf(row)),
          {
            inverse: true,
            axisLine: { show: false },
            axisLabel: { color: c.ink, fontSize: 12 },
          },
        ),
        series: [
          {
            type: "bar",
            barWidth: 26,
            barGap: "-100%",
            silent: true,
            z: 1,
            data: rows.map((row, place) => (place ? rows[place - 1].value : row.value)),
            itemStyle: { color: c.soft, borderRadius: 2 },
          },
          {
            type: "bar",
            barWidth: 26,
            z: 2,
            data: rows.map((row) => ({
              value: row.value,
              itemStyle: row.is_provisional === true ? { decal: hatch() } : {},
            })),
            itemStyle: { color: c.accent, borderRadius: 2 },
            emphasis: { itemStyle: { color: c.accent, opacity: 0.85 } },
          },
          // The words stand behind the wider of both bars.
          {
            type: "bar",
            barWidth: 26,
            barGap: "-100%",
            silent: true,
            z: 3,
            data: rows.map((row, place) => (place ? rows[place - 1].value : row.value)),
            itemStyle: { color: "transparent" },
            label: outside(
              "right",
              ({ dataIndex }) =>
                `{v|${written(rows[dataIndex].value, unit)}}` +
                (rates[dataIndex] === null ? "" : `{r|${written(rates[dataIndex], "share")}}`),
              {
                rich: {
                  v: { fontWeight: 600, color: c.ink, fontSize: 12 },
                  r: { color: c.muted, fontSize: 11, padding: [0, 0, 0, 10] },
                },
              },
            ),
          },
        ],
      };
    },
  };
};
