// The rows that a panel shows for what is chosen. The module of each type takes a panel and gives a
// model: the facts of its title, the items that a reader can point at, its table, and either the option
// of a chart or a function that draws it.

const dimensionsOf = (panel) => {
  panel.dimensions ??= new Set(panel.rows.columns.dimension?.texts ?? []);
  return panel.dimensions;
};
// Whether the cut of the reader is one that this panel knows.
const knowsCut = (panel) => {
  const { dimension } = chosenCut();
  return dimension === "all" || dimensionsOf(panel).has(dimension);
};
// The dimension that a panel is split by: that of the reader's cut, or the one that it declares.
const splitOf = (panel) => {
  if (panel.controls.cut !== "split") return null;
  const { dimension } = chosenCut();
  return dimension !== "all" && dimensionsOf(panel).has(dimension)
    ? dimension
    : panel.options.split;
};
const isPicked = (panel) =>
  panel.controls.cut === "pick" && knowsCut(panel) && chosenCut().dimension !== "all";
const cutFor = (panel) => {
  const split = splitOf(panel);
  if (split) return { dimension: split };
  if (!panel.controls.cut) return {};
  return isPicked(panel) ? chosenCut() : { dimension: "all", segment: "all" };
};
const rowsAt = (panel, start = state.period) =>
  panel.rows.where({
    ...(panel.controls.grain ? { period_grain: state.grain } : {}),
    ...(panel.controls.period === "pick" ? { period_start: start } : {}),
    ...cutFor(panel),
  });
// Rows up to the period that is chosen, oldest first.
const rowsUntil = (panel, ahead = false) => {
  const rows = rowsAt(panel);
  const kept =
    panel.controls.period === "until" && !ahead
      ? rows.filter((row) => row.period_start <= state.period)
      : rows;
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
    ...row,
    words_of: dimension,
    [order]: row[order] ?? content.segments[dimension]?.[row[key]]?.order ?? 0,
  }));
};
const byOrder = (name, key) => (a, b) => {
  if ((a[name] ?? 0) !== (b[name] ?? 0)) return (a[name] ?? 0) - (b[name] ?? 0);
  return String(labelOf(a, key)).localeCompare(String(labelOf(b, key)), LOCALES[state.lang]);
};
const byValue = (a, b) =>
  (b.value ?? -Infinity) - (a.value ?? -Infinity) ||
  String(a.category).localeCompare(String(b.category));
const sum = (values) => values.reduce((total, value) => total + (value ?? 0), 0);

const commonFacts = (panel) => {
  const period = chosenPeriod();
  return {
    period: { text: periodWritten(state.period, state.grain) },
    previous_period: { text: period ? periodWritten(period.previous, state.grain) : "" },
    segment: { text: isPicked(panel) ? segmentSaid() : said(words.page.total) },
    split: {
      text: splitOf(panel) ? dimensionSaid(splitOf(panel)).toLocaleLowerCase(state.lang) : "",
    },
  };
};
// A change as a fact: as a share or in points.
const changeFact = (value, before, unit) => changeOf(value, before, unit) ?? { value: null, unit };
const cell = (value, unit, more = {}) => ({ value, unit, ...more });
const textCell = (text) => ({ value: text, unit: "text" });
const valueLine = (label, value, unit, row = {}) => [
  label,
  known(value)
    ? written(value, unit, { exact: true }) +
      (row.is_provisional === true ? ` (${said(words.page.provisional)})` : "")
    : reasonSaid(row.null_reason),
];
// Where there is no value, its reason stands for it; `reasonOf` the first one says it for a panel.
const reasonOf = (rows) => rows.find((row) => row.null_reason)?.null_reason ?? null;
