// The parts of a change.
const drivers = (panel) => {
  const { unit } = panel;
  const all = worded(panel, rowsAt(panel), "category", "category_order").filter((row) =>
    known(row.value),
  );
  const chosen = splitOf(panel) === chosenCut().dimension ? chosenCut().segment : null;
  const isShare = unit === "share" || unit === "percent";
  const shownUnit = isShare ? "pts" : unit;
  const scale = isShare ? 100 : 1;
  const ordered = [...all].sort(
    (a, b) =>
      Math.abs(b.value) - Math.abs(a.value) || String(a.category).localeCompare(String(b.category)),
  );
  const rows = ordered.slice(0, panel.options.most ?? 8).sort(byValue);
  const change = all[0]?.total_change ?? null;
  const way = Math.sign(change ?? 0) || 1;
  const with_ = ordered.filter((row) => Math.sign(row.value) === way)[0];
  const against = ordered.filter((row) => Math.sign(row.value) === -way)[0];
  const part = (value) => changeWritten({ value: scale * value, unit: shownUnit });
  return {
    unit,
    facts: {
      change: { value: known(change) ? scale * change : null, unit: shownUnit },
      now: { value: all[0]?.total_value ?? null, unit },
      before: { value: all[0]?.total_compared_value ?? null, unit },
      most: { value: with_ ? scale * with_.value : 0, unit: shownUnit },
      most_label: { text: with_ ? labelOf(with_, "category") : "" },
      against: { value: against ? scale * against.value : 0, unit: shownUnit },
      against_label: { text: against ? labelOf(against, "category") : "" },
    },
    reason: null,
    isEmpty: !rows.length,
    // What happened in a part, which may explain it.
    notes: rows
      .filter((row) => known(row[`annotations_${state.lang}`]))
      .map((row) => {
        const colon = state.lang === "fr" ? "\u00a0: " : ": ";
        return `${labelOf(row, "category")}${colon}${row[`annotations_${state.lang}`]}.`;
      }),
    items: rows.map((row) => ({
      label: labelOf(row, "category"),
      key: row,
      rows: [row],
      lines: [
        [said(words.page.change), part(row.value)],
        ...(known(row.own_part) ? [[said(words.page.own_part), part(row.own_part)]] : []),
        ...(known(row.mix_part) ? [[said(words.page.mix_part), part(row.mix_part)]] : []),
      ],
    })),
    table: {
      head: [
        "",
        said(words.page.change),
        ...(panel.rows.has("own_part")
          ? [said(words.page.own_part), said(words.page.mix_part)]
          : []),
      ],
      rows: rows.map((row) => [
        textCell(labelOf(row, "category")),
        cell(scale * row.value, shownUnit, { sign: true }),
        ...(panel.rows.has("own_part")
          ? [
              cell(known(row.own_part) ? scale * row.own_part : null, shownUnit, {
                sign: true,
                isPlain: true,
              }),
              cell(known(row.mix_part) ? scale * row.mix_part : null, shownUnit, {
                sign: true,
                isPlain: true,
              }),
            ]
          : []),
      ]),
    },
    isSideways: true,
    left: 120,
    height: rows.length * 32 + 12,
    option: (width) => {
      const c = colours();
      const left = Math.min(
        width * 0.38,
        14 + Math.max(...rows.map((row) => breadth(labelOf(row, "category")))),
      );
      const ends = rows.map((row) => breadth(part(row.value), 11));
      const [low, high] = [
        Math.min(0, ...rows.map((row) => row.value)),
        Math.max(0, ...rows.map((row) => row.value)),
      ];
      return {
        grid: {
          left: left + (low < 0 ? Math.max(...ends) + 8 : 0),
          right: high > 0 ? Math.max(...ends) + 12 : 8,
          top: 2,
          bottom: 4,
        },
        xAxis: valueAxis(unit, { show: false, min: low, max: high }),
        yAxis: categoryAxis(
          rows.map((row) => labelOf(row, "category")),
          {
            inverse: true,
            position: "left",
            axisLine: { show: false, onZero: false },
            axisLabel: {
              color: c.ink,
              fontSize: 12,
              interval: 0,
              margin: 8 + (low < 0 ? Math.max(...ends) + 4 : 0),
              lineHeight: 14,
              formatter: (label) => inLines(label, left - 12),
            },
          },
        ),
        series: [
          {
            type: "bar",
            barWidth: 18,
            data: rows.map((row) => ({
              value: row.value,
              itemStyle: {
                color:
                  chosen && row.category !== chosen
                    ? row.value >= 0
                      ? c.dim
                      : c.dimdown
                    : row.value >= 0
                      ? c.up
                      : c.down,
              },
              label: { position: row.value >= 0 ? "right" : "left" },
            })),
            itemStyle: { borderRadius: 2 },
            markLine: {
              silent: true,
              symbol: "none",
              label: { show: false },
              data: [{ xAxis: 0 }],
              lineStyle: { type: "solid", width: 1, color: c.muted },
            },
            label: outside("right", ({ dataIndex }) => part(rows[dataIndex].value)),
          },
        ],
      };
    },
  };
};
