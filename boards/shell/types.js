// The types of panels. Each takes a panel and gives a model: the facts that its title can state, the
// items that a reader can point at, its table, and either the option of a chart or what draws it.

// -- rows that are chosen ----------------------------------------------------------------------------

const dimensionsOf = (panel) => {
  panel.dimensions ??= new Set(panel.rows.columns.dimension?.texts ?? []);
  return panel.dimensions;
};
// Whether the cut of the reader is one that this panel knows.
const knowsCut = (panel) => {
  const { dimension } = chosenCut();
  return dimension === "all" || dimensionsOf(panel).has(dimension);
};
// The dimension that a panel is split by: that of the reader's cut, or else the one that it declares.
const splitOf = (panel) => {
  if (panel.controls.cut !== "split") return null;
  const { dimension } = chosenCut();
  return dimension !== "all" && dimensionsOf(panel).has(dimension) ? dimension : panel.options.split;
};
const isPicked = (panel) => panel.controls.cut === "pick" && knowsCut(panel)
  && chosenCut().dimension !== "all";
const cutFor = (panel) => {
  const split = splitOf(panel);
  if (split) return { dimension: split };
  if (!panel.controls.cut) return {};
  return isPicked(panel) ? chosenCut() : { dimension: "all", segment: "all" };
};
const rowsAt = (panel, start = state.period) => panel.rows.where({
  ...(panel.controls.grain ? { period_grain: state.grain } : {}),
  ...(panel.controls.period === "pick" ? { period_start: start } : {}),
  ...cutFor(panel),
});
// Rows up to the period that is chosen, oldest first.
const rowsUntil = (panel, ahead = false) => {
  const rows = rowsAt(panel);
  const kept = panel.controls.period === "until" && !ahead
    ? rows.filter((row) => row.period_start <= state.period) : rows;
  return kept.sort((a, b) => (a.period_start < b.period_start ? -1 : 1));
};

const labelOf = (row, key) => {
  if (known(row[`label_${state.lang}`])) return row[`label_${state.lang}`];
  if (!known(row[key])) return said(words.null_reasons.unknown);
  return row.words_of ? wordOf(row.words_of, row[key]) : row[key];
};
// Rows whose texts have the words of a dimension, in the order of that dimension.
const worded = (panel, rows, key, order) => {
  const dimension = splitOf(panel) ?? panel.options.dimension;
  if (!dimension) return rows;
  return rows.map((row) => ({
    ...row, words_of: dimension,
    [order]: row[order] ?? content.segments[dimension]?.[row[key]]?.order ?? 0 }));
};
const byOrder = (name, key) => (a, b) => {
  if ((a[name] ?? 0) !== (b[name] ?? 0)) return (a[name] ?? 0) - (b[name] ?? 0);
  return String(labelOf(a, key)).localeCompare(String(labelOf(b, key)), LOCALES[state.lang]);
};
const byValue = (a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity)
  || String(a.category).localeCompare(String(b.category));
const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);

const commonFacts = (panel) => {
  const period = chosenPeriod();
  return {
    period: { text: periodWritten(state.period, state.grain) },
    previous_period: { text: period ? periodWritten(period.previous, state.grain) : "" },
    segment: { text: isPicked(panel) ? segmentSaid() : said(words.page.total) },
    split: { text: splitOf(panel) ? dimensionSaid(splitOf(panel)).toLocaleLowerCase(state.lang) : "" },
  };
};
// A change as a fact: as a share or in points.
const changeFact = (value, before, unit) => changeOf(value, before, unit) ?? { value: null, unit };
const cell = (value, unit, more = {}) => ({ value, unit, ...more });
const textCell = (text) => ({ value: text, unit: "text" });
const valueLine = (label, value, unit, row = {}) => [
  label,
  known(value) ? written(value, unit, { exact: true })
    + (row.is_provisional === true ? ` (${said(words.page.provisional)})` : "")
    : reasonSaid(row.null_reason),
];
// Where there is no value, its reason stands for it; `reasonOf` the first one says it for a panel.
const reasonOf = (rows) => rows.find((row) => row.null_reason)?.null_reason ?? null;

// -- waterfall ---------------------------------------------------------------------------------------

const waterfall = (panel) => {
  const rows = rowsAt(panel).sort(byOrder("step_order", "step"));
  const start = rows.find((row) => row.step_kind === "start");
  const end = rows.find((row) => row.step_kind === "end");
  const steps = rows.filter((row) => row.step_kind === "step" && known(row.value));
  const ups = steps.filter((row) => row.value > 0).sort(byValue);
  const downs = steps.filter((row) => row.value < 0).sort(byValue).reverse();
  const unit = panel.unit;
  const change = known(start?.value) && known(end?.value) ? end.value - start.value : null;
  const facts = {
    start: { value: start?.value ?? null, unit }, end: { value: end?.value ?? null, unit },
    change: { value: change, unit },
    change_share: { value: change !== null && start.value ? change / start.value : null,
                    unit: "percent" },
    up: { value: ups[0]?.value ?? 0, unit }, up_label: { text: ups[0] ? labelOf(ups[0]) : "" },
    down: { value: downs[0]?.value ?? 0, unit },
    down_label: { text: downs[0] ? labelOf(downs[0]) : "" },
    ...Object.fromEntries(rows.map((row) => [row.step, { value: row.value, unit }])),
  };
  // Where each bar begins and ends.
  let level = 0;
  const bars = rows.filter((row) => known(row.value)).map((row) => {
    const from = row.step_kind === "step" ? level : 0;
    level = row.step_kind === "step" ? level + row.value : row.value;
    return { row, from, to: level };
  });
  return {
    facts, unit,
    reason: end && known(end.value) ? null : reasonOf(rows),
    isEmpty: !bars.length,
    items: bars.map(({ row }) => ({
      label: labelOf(row), key: { step: row.step },
      lines: [valueLine(said(words.page.value), row.value, unit, row)],
    })),
    table: {
      head: [said(words.page.kind), said(words.page.value)],
      rows: rows.map((row) => [textCell(labelOf(row)), cell(row.value, unit, row)]),
    },
    isSideways: panel.isNarrow, left: 96,
    option: (width) => waterfallOption(bars, unit, panel.isNarrow, width),
    height: panel.isNarrow ? bars.length * 34 + 20 : null,
  };
};
const waterfallOption = (bars, unit, isSideways, width) => {
  const c = colours();
  const left = isSideways ? Math.min(130, 14 + Math.max(...bars.map(({ row }) => breadth(labelOf(row))))) : 56;
  const room = isSideways ? 0 : (width - left - 10) / bars.length;
  const categories = categoryAxis(bars.map(({ row }) => labelOf(row)), {
    inverse: isSideways,
    axisLabel: isSideways
      ? { color: c.ink, fontSize: 12, formatter: (label) => cutTo(label, left - 12) }
      : { color: c.muted, fontSize: 11, interval: 0, width: room - 6, overflow: "break" },
  });
  const values = valueAxis(unit, isSideways ? { show: false } : {});
  return {
    grid: { left, right: isSideways ? 66 : 10, top: isSideways ? 4 : 22, bottom: isSideways ? 4 : 36 },
    xAxis: isSideways ? values : categories, yAxis: isSideways ? categories : values,
    series: [{
      type: "custom", clip: false,
      data: bars.map((bar, place) => [place, bar.from, bar.to]),
      encode: isSideways ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
      renderItem: (params, api) => {
        const { row, from, to } = bars[params.dataIndex];
        const at = (value) => api.coord(isSideways ? [value, params.dataIndex] : [params.dataIndex, value]);
        const [a, b] = [at(from), at(to)];
        const band = api.size([1, 1])[isSideways ? 1 : 0];
        const thick = Math.min(band * 0.64, isSideways ? 22 : 64);
        const colour = row.step_kind !== "step" ? c.level : row.value >= 0 ? c.up : c.down;
        const label = written(row.value, unit, { sign: row.step_kind === "step" });
        const shape = isSideways
          ? { x: Math.min(a[0], b[0]), y: a[1] - thick / 2,
              width: Math.max(1, Math.abs(b[0] - a[0])), height: thick, r: 2 }
          : { x: a[0] - thick / 2, y: Math.min(a[1], b[1]), width: thick,
              height: Math.max(1, Math.abs(b[1] - a[1])), r: 2 };
        const next = params.dataIndex + 1 < bars.length;
        const children = [
          { type: "rect", shape, style: { fill: colour, ...(row.is_provisional === true ? { decal: hatch() } : {}) },
            emphasis: { style: { opacity: 0.8 } } },
          { type: "text", silent: true, style: isSideways
            ? { text: label, x: shape.x + shape.width + 6, y: a[1], fill: c.ink, fontSize: 11,
                verticalAlign: "middle", fontFamily: fontOf() }
            : { text: label, x: a[0], y: shape.y - 6, fill: c.ink, fontSize: 11, align: "center",
                verticalAlign: "bottom", fontFamily: fontOf() } },
        ];
        if (next) {
          const line = isSideways
            ? { x1: b[0], y1: b[1] + thick / 2, x2: b[0], y2: b[1] + band - thick / 2 }
            : { x1: b[0] + thick / 2, y1: b[1], x2: b[0] + band - thick / 2, y2: b[1] };
          children.push({ type: "line", silent: true, shape: line, style: { stroke: c.muted, lineWidth: 1, opacity: 0.5 } });
        }
        return { type: "group", children };
      },
    }],
  };
};

// -- funnel ------------------------------------------------------------------------------------------

const funnel = (panel) => {
  const rows = rowsAt(panel).sort(byOrder("step_order", "step")).filter((row) => known(row.value));
  const unit = panel.unit;
  const rates = rows.map((row, place) =>
    place && rows[place - 1].value ? row.value / rows[place - 1].value : null);
  // The first step is what the others are a part of, and too large a part of it to be compared.
  const compared = rates.map((rate, place) => ({ rate, place })).filter(({ rate }) => rate !== null);
  const weakest = compared.length ? compared.reduce((a, b) => (b.rate < a.rate ? b : a)) : null;
  const [first, last] = [rows[0], rows[rows.length - 1]];
  return {
    unit,
    facts: {
      first: { value: first?.value ?? null, unit }, last: { value: last?.value ?? null, unit },
      rate: { value: first?.value ? last.value / first.value : null, unit: "share" },
      weakest_from: { text: weakest ? labelOf(rows[weakest.place - 1]) : "" },
      weakest_to: { text: weakest ? labelOf(rows[weakest.place]) : "" },
      weakest_rate: { value: weakest?.rate ?? null, unit: "share" },
      ...Object.fromEntries(rows.map((row) => [row.step, { value: row.value, unit }])),
    },
    reason: null, isEmpty: !rows.length,
    items: rows.map((row, place) => ({
      label: labelOf(row), key: { step: row.step },
      lines: [
        valueLine(said(words.page.value), row.value, unit, row),
        ...(rates[place] === null ? [] : [
          [said(words.page.of_step_before), written(rates[place], "share")],
          [said(words.page.of_first), written(row.value / first.value, "share")],
          [said(words.page.lost), written(rows[place - 1].value - row.value, unit)],
        ]),
      ],
    })),
    table: {
      head: [said(words.page.kind), said(words.page.value), said(words.page.of_step_before)],
      rows: rows.map((row, place) => [
        textCell(labelOf(row)), cell(row.value, unit, row),
        place ? cell(rates[place], "share") : textCell(""),
      ]),
    },
    legend: [{ mark: "ghost", label: said(words.page.lost) }],
    isSideways: true, left: 100, height: rows.length * 44 + 8,
    option: () => {
      const c = colours();
      const left = 14 + Math.max(...rows.map((row) => breadth(labelOf(row))));
      return {
        grid: { left, right: 92, top: 2, bottom: 2 },
        xAxis: valueAxis(unit, { show: false, max: first.value || 1 }),
        yAxis: categoryAxis(rows.map((row) => labelOf(row)), {
          inverse: true, axisLine: { show: false }, axisLabel: { color: c.ink, fontSize: 12 } }),
        series: [
          { type: "bar", barWidth: 26, barGap: "-100%", silent: true, z: 1,
            data: rows.map((row, place) => (place ? rows[place - 1].value : row.value)),
            itemStyle: { color: c.soft, borderRadius: 2 } },
          { type: "bar", barWidth: 26, z: 2,
            data: rows.map((row) => ({ value: row.value,
              itemStyle: row.is_provisional === true ? { decal: hatch() } : {} })),
            itemStyle: { color: c.accent, borderRadius: 2 },
            emphasis: { itemStyle: { color: c.accent, opacity: 0.85 } } },
          // The words stand behind the wider of both bars.
          { type: "bar", barWidth: 26, barGap: "-100%", silent: true, z: 3,
            data: rows.map((row, place) => (place ? rows[place - 1].value : row.value)),
            itemStyle: { color: "transparent" },
            label: outside("right", ({ dataIndex }) =>
              `{v|${written(rows[dataIndex].value, unit)}}` + (rates[dataIndex] === null ? ""
                : `{r|${written(rates[dataIndex], "share")}}`),
              { rich: { v: { fontWeight: 600, color: c.ink, fontSize: 12 }, r: { color: c.muted, fontSize: 11, padding: [0, 0, 0, 10] } } }) },
        ],
      };
    },
  };
};

// -- bars --------------------------------------------------------------------------------------------

const bars = (panel) => {
  const { options, unit } = panel;
  const order = options.order ?? "value";
  const all = worded(panel, rowsAt(panel), "category", "category_order")
    .filter((row) => known(row.value) || known(row.null_reason))
    .sort(order === "value" ? byValue : byOrder("category_order", "category"));
  const rows = options.most ? all.slice(0, options.most) : all;
  const period = chosenPeriod();
  const compared = options.compare && period
    ? new Map(rowsAt(panel, options.compare === "previous_year" ? period.year_before : period.previous)
      .map((row) => [row.category, row.value]))
    : null;
  const before = (row) => (compared ? compared.get(row.category) ?? null : row.compared_value ?? null);
  const hasBefore = Boolean(compared) || panel.rows.has("compared_value");
  const valued = rows.filter((row) => known(row.value)).sort(byValue);
  const [best, worst] = [valued[0], valued[valued.length - 1]];
  const total = sum(all.map((row) => row.value));
  const chosen = splitOf(panel) === chosenCut().dimension ? chosenCut().segment : null;
  const [nowName, beforeName] = [
    periodWritten(state.period, state.grain),
    period ? periodWritten(options.compare === "previous_year" ? period.year_before : period.previous, state.grain) : ""];
  return {
    unit,
    facts: {
      best: { value: best?.value ?? null, unit }, best_label: { text: best ? labelOf(best, "category") : "" },
      worst: { value: worst?.value ?? null, unit },
      worst_label: { text: worst ? labelOf(worst, "category") : "" },
      total: { value: valued.length ? total : null, unit },
      best_share: { value: total ? (best?.value ?? 0) / total : null, unit: "share" },
      best_change: best ? changeFact(best.value, before(best), unit) : { value: null, unit },
      count: { value: valued.length, unit: "count" },
    },
    reason: valued.length ? null : reasonOf(all), isEmpty: !valued.length,
    items: rows.map((row) => ({
      label: labelOf(row, "category"), key: row,
      lines: [
        valueLine(hasBefore ? nowName : said(words.page.value), row.value, unit, row),
        ...(hasBefore ? [[beforeName, written(before(row), unit, { exact: true })]] : []),
        ...(changeOf(row.value, before(row), unit)
          ? [[said(words.page.change), changeWritten(changeOf(row.value, before(row), unit))]] : []),
      ],
    })),
    table: {
      head: ["", hasBefore ? nowName : said(words.page.value), ...(hasBefore ? [beforeName] : [])],
      rows: rows.map((row) => [
        textCell(labelOf(row, "category")), cell(row.value, unit, row),
        ...(hasBefore ? [cell(before(row), unit)] : []),
      ]),
    },
    legend: [
      ...(hasBefore ? [{ mark: "now", label: nowName }, { mark: "before", label: beforeName }] : []),
      ...(rows.some((row) => row.is_archived === true) ? [{ mark: "muted", label: said(words.page.archived) }] : []),
    ],
    isSideways: true, left: 120,
    height: rows.length * (hasBefore ? 42 : 32) + 12,
    option: (width) => {
      const c = colours();
      const left = Math.min(width * 0.4, 14 + Math.max(...rows.map((row) => breadth(labelOf(row, "category")))));
      const of = (row) => {
        if (row.is_archived === true) return c.muted;
        return chosen && row.category !== chosen ? c.dim : c.accent;
      };
      const least = Math.min(0, ...rows.map((row) => row.value ?? 0));
      return {
        grid: { left, right: 74, top: 2, bottom: 4 },
        xAxis: valueAxis(unit, { show: false, min: least < 0 ? undefined : 0 }),
        yAxis: categoryAxis(rows.map((row) => labelOf(row, "category")), {
          inverse: true, axisLine: { show: least < 0, lineStyle: { color: c.line } },
          axisLabel: { color: c.ink, fontSize: 12, interval: 0, formatter: (label) => cutTo(label, left - 12) } }),
        series: [
          { type: "bar", barWidth: hasBefore ? 13 : 18, barGap: "20%",
            data: rows.map((row) => ({
              value: row.value,
              itemStyle: { color: of(row), ...(row.is_provisional === true ? { decal: hatch() } : {}) },
              label: known(row.value) ? {} : { show: true },
            })),
            itemStyle: { borderRadius: 2 },
            label: outside("right", ({ dataIndex }) => (known(rows[dataIndex].value)
              ? written(rows[dataIndex].value, unit) : reasonSaid(rows[dataIndex].null_reason))) },
          ...(hasBefore ? [{ type: "bar", barWidth: 7, data: rows.map(before),
                             itemStyle: { color: c.soft, borderRadius: 2 } }] : []),
        ],
      };
    },
  };
};

// -- trend -------------------------------------------------------------------------------------------

const SERIES = ["--accent", "--second", "--third", "--fourth", "--muted"];
const trend = (panel) => {
  const { options, unit } = panel;
  const rows = worded(panel, rowsUntil(panel), "series", "series_order");
  const count = options.periods ?? 12;
  const starts = [...new Set(rows.map((row) => row.period_start))].slice(-count);
  const names = [...new Map(rows.filter((row) => row.period_start >= starts[0])
    .sort(byOrder("series_order", "series")).map((row) => [row.series, row])).values()];
  const at = (series, start) => rows.find((row) => row.series === series && row.period_start === start);
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
      change: { value: known(last?.value) && known(before?.value) ? last.value - before.value : null,
                unit },
      change_share: relative ?? { value: null, unit },
      first: { value: valued[0]?.value ?? null, unit },
      since_first: { value: valued.length && known(last?.value) ? last.value - valued[0].value : null, unit },
      since_first_share: (valued.length && changeOf(last?.value, valued[0].value, unit)) || { value: null, unit },
      first_period: { text: valued[0] ? periodWritten(valued[0].period_start, state.grain) : "" },
      highest: { value: highest?.value ?? null, unit },
      highest_label: { text: highest ? periodWritten(highest.period_start, state.grain) : "" },
      lowest: { value: lowest?.value ?? null, unit },
      lowest_label: { text: lowest ? periodWritten(lowest.period_start, state.grain) : "" },
      total: { value: sum(names.map(({ series }) => at(series, last?.period_start)?.value)), unit },
    },
    reason: known(last?.value) ? null : reasonOf(last ? [last] : rows), isEmpty: !valued.length,
    items: starts.map((start) => ({
      label: periodWritten(start, state.grain), key: { period_start: start },
      lines: [
        ...names.map((row) => {
          const one = at(row.series, start);
          return valueLine(labelOf(row, "series"), one?.value ?? null, unit, one ?? {});
        }),
        ...(hasTarget && known(at(main, start)?.target)
          ? [[said(words.page.target), written(at(main, start).target, unit)]] : []),
      ],
    })),
    table: {
      head: [said(words.page.period), ...names.map((row) => labelOf(row, "series")),
             ...(hasTarget ? [said(words.page.target)] : [])],
      rows: starts.map((start) => [
        textCell(periodWritten(start, state.grain)),
        ...names.map(({ series }) => cell(at(series, start)?.value ?? null, unit, at(series, start) ?? {})),
        ...(hasTarget ? [cell(at(main, start)?.target ?? null, unit, { isPlain: true })] : []),
      ]),
    },
    legend: [
      ...(names.length > 1 ? names.map((row, place) => ({ mark: `series-${place}`, label: labelOf(row, "series") })) : []),
      ...(hasTarget ? [{ mark: "target", label: said(words.page.target) }] : []),
    ],
    isSideways: false, left: 0, height: null,
    option: (width) => {
      const c = colours();
      const texts = starts.flatMap((start) => names.map(({ series }) => at(series, start)?.value)).filter(known);
      const left = 12 + Math.max(...[Math.max(...texts), Math.min(0, ...texts)].map((value) => breadth(onAxis(value * 1.1, unit), 11)));
      const room = (width - left - 24) / labels.length;
      const every = Math.ceil((Math.max(...labels.map((label) => breadth(label, 11))) + 10) / room);
      const itemOf = (row) => (row?.is_provisional === true
        ? (isColumns ? { itemStyle: { decal: hatch() } } : { symbol: "emptyCircle", symbolSize: 9 }) : {});
      return {
        grid: { left, right: 24, top: 18, bottom: 26 },
        xAxis: categoryAxis(labels, { boundaryGap: isColumns, axisLabel: { color: c.muted, fontSize: 11,
          interval: (place) => (labels.length - 1 - place) % every === 0 } }),
        yAxis: valueAxis(unit, { scale: !isColumns && unit !== "share" && Math.min(...texts) > 0 && Math.min(...texts) > 0.5 * Math.max(...texts) }),
        series: [
          ...names.map(({ series }, which) => ({
            type: isColumns ? "bar" : "line", stack: options.mark === "stack" ? "all" : undefined,
            barMaxWidth: 34, symbol: "circle", symbolSize: 6, showSymbol: names.length < 3,
            data: starts.map((start) => ({ value: at(series, start)?.value ?? null, ...itemOf(at(series, start)) })),
            lineStyle: { width: 2 }, itemStyle: { color: themed(SERIES[which % SERIES.length]), borderRadius: isColumns && options.mark !== "stack" ? [2, 2, 0, 0] : 0 },
            emphasis: { scale: 1.4 },
            // The last figure stands beside its point; the others are in the tip and in the table.
            label: { show: names.length === 1,
                     position: known(before?.value) && last.value < before.value && !isColumns ? "bottom" : "top", color: c.ink, fontSize: 11, fontWeight: 600,
                     formatter: ({ dataIndex, value }) => (dataIndex === starts.length - 1 && known(value) ? written(value, unit) : "") },
          })),
          ...(hasTarget ? [{ type: "line", step: "middle", symbol: "none", silent: true,
            data: starts.map((start) => at(main, start)?.target ?? null),
            lineStyle: { type: "dashed", width: 1.5, color: c.muted }, itemStyle: { color: c.muted } }] : []),
        ],
      };
    },
  };
};

// -- forecast ----------------------------------------------------------------------------------------

const forecast = (panel) => {
  const { options, unit } = panel;
  const all = rowsUntil(panel, true);
  const period = chosenPeriod();
  const running = content.periods.filter((each) => each.grain === state.grain).at(-1)?.start ?? "";
  // The forecast of now is shown beside the latest periods; an older one is looked at by itself.
  const isLatest = !period || period.is_latest_whole || state.period >= running;
  const shown = all.filter((row) => isLatest || row.period_start <= state.period);
  const past = shown.filter((row) => known(row.actual_amount) && row.is_provisional !== true)
    .slice(-(options.periods ?? 12));
  const coming = shown.filter((row) => !(known(row.actual_amount) && row.is_provisional !== true)
    && row.period_start > (past.at(-1)?.period_start ?? ""));
  const rows = [...past, ...coming];
  const judged = past.filter((row) => known(row.low_amount));
  const inside = judged.filter((row) => row.actual_amount >= row.low_amount && row.actual_amount <= row.high_amount);
  const next = coming.find((row) => known(row.forecast_amount));
  const last = past.filter((row) => known(row.forecast_amount)).at(-1);
  const gap = last ? last.actual_amount - last.forecast_amount : null;
  return {
    unit,
    facts: {
      next: { value: next?.forecast_amount ?? null, unit },
      next_period: { text: next ? periodWritten(next.period_start, state.grain) : "" },
      low: { value: next?.low_amount ?? null, unit }, high: { value: next?.high_amount ?? null, unit },
      inside: { value: inside.length, unit: "count" }, judged: { value: judged.length, unit: "count" },
      last: { value: last?.actual_amount ?? null, unit },
      last_period: { text: last ? periodWritten(last.period_start, state.grain) : "" },
      last_forecast: { value: last?.forecast_amount ?? null, unit },
      last_gap: { value: gap, unit },
      last_gap_share: { value: last?.forecast_amount ? gap / last.forecast_amount : null, unit: "percent" },
    },
    reason: null, isEmpty: !rows.length,
    items: rows.map((row) => ({
      label: periodWritten(row.period_start, state.grain), key: row,
      lines: [
        ...(known(row.actual_amount) ? [valueLine(said(words.page.actual), row.actual_amount, unit, row)] : []),
        ...(known(row.forecast_amount) ? [[said(words.page.forecast), written(row.forecast_amount, unit, { exact: true })]] : []),
        ...(known(row.low_amount) ? [[said(words.page.interval),
          `${written(row.low_amount, unit)} – ${written(row.high_amount, unit)}`]] : []),
      ],
    })),
    table: {
      head: [said(words.page.period), said(words.page.actual), said(words.page.forecast), said(words.page.low), said(words.page.high)],
      rows: rows.map((row) => [
        textCell(periodWritten(row.period_start, state.grain)),
        cell(row.actual_amount, unit, row), cell(row.forecast_amount, unit, { isPlain: true }),
        cell(row.low_amount, unit, { isPlain: true }), cell(row.high_amount, unit, { isPlain: true }),
      ]),
    },
    legend: [{ mark: "now", label: said(words.page.actual) }, { mark: "diamond", label: said(words.page.forecast) },
             { mark: "range", label: said(words.page.interval) }],
    isProvisional: rows.some((row) => known(row.actual_amount) && row.is_provisional === true),
    isSideways: false, left: 0, height: null,
    option: (width) => {
      const c = colours();
      const labels = rows.map((row) => periodWritten(row.period_start, state.grain, { short: true }));
      const most = Math.max(...rows.flatMap((row) => [row.actual_amount ?? 0, row.high_amount ?? 0]));
      const left = 14 + breadth(onAxis(most * 1.1, unit), 11);
      const every = Math.ceil((Math.max(...labels.map((label) => breadth(label, 11))) + 10) / ((width - left - 12) / labels.length));
      return {
        grid: { left, right: 12, top: 10, bottom: 26 },
        xAxis: categoryAxis(labels, { axisLabel: { color: c.muted, fontSize: 11,
          interval: (place) => (labels.length - 1 - place) % every === 0 } }),
        yAxis: valueAxis(unit),
        series: [
          { type: "bar", barMaxWidth: 30, itemStyle: { color: c.accent, borderRadius: [2, 2, 0, 0] },
            data: rows.map((row) => ({ value: row.actual_amount,
              itemStyle: row.is_provisional === true ? { decal: hatch() } : {} })) },
          { type: "custom", z: 3, silent: true, encode: { x: 0, y: [1, 2, 3] },
            data: rows.map((row, place) => [place, row.low_amount, row.forecast_amount, row.high_amount]),
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
                  { type: "line", shape: { x1: x - half, y1: low, x2: x + half, y2: low }, style: stroke },
                  { type: "line", shape: { x1: x - half, y1: high, x2: x + half, y2: high }, style: stroke });
              }
              children.push({ type: "polygon", shape: { points: [[x, y - 5], [x + 5, y], [x, y + 5], [x - 5, y]] },
                              style: { fill: c.card, stroke: c.ink, lineWidth: 1.5 } });
              return { type: "group", children };
            } },
        ],
      };
    },
  };
};

// -- drivers -----------------------------------------------------------------------------------------

const drivers = (panel) => {
  const { unit } = panel;
  const all = worded(panel, rowsAt(panel), "category", "category_order")
    .filter((row) => known(row.value));
  const chosen = splitOf(panel) === chosenCut().dimension ? chosenCut().segment : null;
  const isShare = unit === "share" || unit === "percent";
  const shownUnit = isShare ? "pts" : unit;
  const scale = isShare ? 100 : 1;
  const ordered = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)
    || String(a.category).localeCompare(String(b.category)));
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
    reason: null, isEmpty: !rows.length,
    items: rows.map((row) => ({
      label: labelOf(row, "category"), key: row,
      lines: [
        [said(words.page.change), part(row.value)],
        ...(known(row.own_part) ? [[said(words.page.own_part), part(row.own_part)]] : []),
        ...(known(row.mix_part) ? [[said(words.page.mix_part), part(row.mix_part)]] : []),
      ],
    })),
    table: {
      head: ["", said(words.page.change),
             ...(panel.rows.has("own_part") ? [said(words.page.own_part), said(words.page.mix_part)] : [])],
      rows: rows.map((row) => [
        textCell(labelOf(row, "category")), cell(scale * row.value, shownUnit, { sign: true }),
        ...(panel.rows.has("own_part")
          ? [cell(known(row.own_part) ? scale * row.own_part : null, shownUnit, { sign: true, isPlain: true }),
             cell(known(row.mix_part) ? scale * row.mix_part : null, shownUnit, { sign: true, isPlain: true })] : []),
      ]),
    },
    isSideways: true, left: 120, height: rows.length * 32 + 12,
    option: (width) => {
      const c = colours();
      const left = Math.min(width * 0.38, 14 + Math.max(...rows.map((row) => breadth(labelOf(row, "category")))));
      const ends = rows.map((row) => breadth(part(row.value), 11));
      const [low, high] = [Math.min(0, ...rows.map((row) => row.value)), Math.max(0, ...rows.map((row) => row.value))];
      return {
        grid: { left: left + (low < 0 ? Math.max(...ends) + 8 : 0), right: high > 0 ? Math.max(...ends) + 12 : 8, top: 2, bottom: 4 },
        xAxis: valueAxis(unit, { show: false, min: low, max: high }),
        yAxis: categoryAxis(rows.map((row) => labelOf(row, "category")), {
          inverse: true, position: "left",
          axisLine: { show: false, onZero: false },
          axisLabel: { color: c.ink, fontSize: 12, interval: 0,
                       margin: 8 + (low < 0 ? Math.max(...ends) + 4 : 0), formatter: (label) => cutTo(label, left - 12) } }),
        series: [{ type: "bar", barWidth: 18,
          data: rows.map((row) => ({ value: row.value,
            itemStyle: { color: chosen && row.category !== chosen ? (row.value >= 0 ? c.dim : c.dimdown)
              : row.value >= 0 ? c.up : c.down },
            label: { position: row.value >= 0 ? "right" : "left" } })),
          itemStyle: { borderRadius: 2 },
          markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 0 }],
                      lineStyle: { type: "solid", width: 1, color: c.muted } },
          label: outside("right", ({ dataIndex }) => part(rows[dataIndex].value)) }],
      };
    },
  };
};
