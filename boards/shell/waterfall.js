// A start, the steps from there, and an end.
const waterfall = (panel) => {
  const rows = rowsAt(panel).sort(byOrder("step_order", "step"));
  const start = rows.find((row) => row.step_kind === "start");
  const end = rows.find((row) => row.step_kind === "end");
  const steps = rows.filter((row) => row.step_kind === "step" && known(row.value));
  const ups = steps.filter((row) => row.value > 0).sort(byValue);
  const downs = steps
    .filter((row) => row.value < 0)
    .sort(byValue)
    .reverse();
  const unit = panel.unit;
  const change = known(start?.value) && known(end?.value) ? end.value - start.value : null;
  const facts = {
    start: { value: start?.value ?? null, unit },
    end: { value: end?.value ?? null, unit },
    change: { value: change, unit },
    change_share: {
      value: change !== null && start.value ? change / start.value : null,
      unit: "percent",
    },
    up: { value: ups[0]?.value ?? 0, unit },
    up_label: { text: ups[0] ? labelOf(ups[0]) : "" },
    down: { value: downs[0]?.value ?? 0, unit },
    down_label: { text: downs[0] ? labelOf(downs[0]) : "" },
    ...Object.fromEntries(rows.map((row) => [row.step, { value: row.value, unit }])),
  };
  // Where each bar begins and ends.
  let level = 0;
  const bars = rows
    .filter((row) => known(row.value))
    .map((row) => {
      const from = row.step_kind === "step" ? level : 0;
      level = row.step_kind === "step" ? level + row.value : row.value;
      return { row, from, to: level };
    });
  return {
    facts,
    unit,
    reason: end && known(end.value) ? null : reasonOf(rows),
    isEmpty: !bars.length,
    items: bars.map(({ row }) => ({
      label: labelOf(row),
      key: { step: row.step },
      rows: [row],
      lines: [valueLine(said(words.page.value), row.value, unit, row)],
    })),
    table: {
      head: [said(words.page.kind), said(words.page.value)],
      rows: rows.map((row) => [textCell(labelOf(row)), cell(row.value, unit, row)]),
    },
    isSideways: panel.isNarrow,
    left: 96,
    option: (width) => waterfallOption(bars, unit, panel.isNarrow, width),
    height: panel.isNarrow ? bars.length * 34 + 20 : null,
  };
};
const waterfallOption = (bars, unit, isSideways, width) => {
  const c = colours();
  const left = isSideways
    ? Math.min(130, 14 + Math.max(...bars.map(({ row }) => breadth(labelOf(row)))))
    : 56;
  const room = isSideways ? 0 : (width - left - 10) / bars.length;
  const categories = categoryAxis(
    bars.map(({ row }) => labelOf(row)),
    {
      inverse: isSideways,
      axisLabel: isSideways
        ? {
            color: c.ink,
            fontSize: 12,
            lineHeight: 14,
            formatter: (label) => inLines(label, left - 12),
          }
        : {
            color: c.muted,
            fontSize: 11,
            lineHeight: 13,
            interval: 0,
            formatter: (label) => inLines(label, room - 6, 11),
          },
    },
  );
  const values = valueAxis(unit, isSideways ? { show: false } : {});
  return {
    grid: {
      left,
      right: isSideways ? 66 : 10,
      top: isSideways ? 4 : 22,
      bottom: isSideways ? 4 : 38,
    },
    xAxis: isSideways ? values : categories,
    yAxis: isSideways ? categories : values,
    series: [
      {
        type: "custom",
        clip: false,
        data: bars.map((bar, place) => [place, bar.from, bar.to]),
        encode: isSideways ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
        renderItem: (params, api) => {
          const { row, from, to } = bars[params.dataIndex];
          const at = (value) =>
            api.coord(isSideways ? [value, params.dataIndex] : [params.dataIndex, value]);
          const [a, b] = [at(from), at(to)];
          const band = api.size([1, 1])[isSideways ? 1 : 0];
          const thick = Math.min(band * 0.64, isSideways ? 22 : 64);
          const colour = row.step_kind !== "step" ? c.level : row.value >= 0 ? c.up : c.down;
          const label = written(row.value, unit, { sign: row.step_kind === "step" });
          const shape = isSideways
            ? {
                x: Math.min(a[0], b[0]),
                y: a[1] - thick / 2,
                width: Math.max(1, Math.abs(b[0] - a[0])),
                height: thick,
                r: 2,
              }
            : {
                x: a[0] - thick / 2,
                y: Math.min(a[1], b[1]),
                width: thick,
                height: Math.max(1, Math.abs(b[1] - a[1])),
                r: 2,
              };
          const next = params.dataIndex + 1 < bars.length;
          const children = [
            {
              type: "rect",
              shape,
              style: { fill: colour, ...(row.is_provisional === true ? { decal: hatch() } : {}) },
              emphasis: { style: { opacity: 0.8 } },
            },
            {
              type: "text",
              silent: true,
              style: isSideways
                ? {
                    text: label,
                    x: shape.x + shape.width + 6,
                    y: a[1],
                    fill: c.ink,
                    fontSize: 11,
                    verticalAlign: "middle",
                    fontFamily: fontOf(),
                  }
                : {
                    text: label,
                    x: a[0],
                    y: shape.y - 6,
                    fill: c.ink,
                    fontSize: 11,
                    align: "center",
                    verticalAlign: "bottom",
                    fontFamily: fontOf(),
                  },
            },
          ];
          if (next) {
            const line = isSideways
              ? { x1: b[0], y1: b[1] + thick / 2, x2: b[0], y2: b[1] + band - thick / 2 }
              : { x1: b[0] + thick / 2, y1: b[1], x2: b[0] + band - thick / 2, y2: b[1] };
            children.push({
              type: "line",
              silent: true,
              shape: line,
              style: { stroke: c.muted, lineWidth: 1, opacity: 0.5 },
            });
          }
          return { type: "group", children };
        },
      },
    ],
  };
};
