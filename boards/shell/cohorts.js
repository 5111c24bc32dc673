// A share by cohort and age. A table is the picture.
const cohorts = (panel) => {
  const rows = rowsUntil(panel).filter((row) => known(row.months_since));
  const starts = [...new Set(rows.map((row) => row.cohort_start))].sort();
  // As many months as there is room for: every one, or those of quarters, half-years or years.
  const all = [...new Set(rows.map((row) => row.months_since))].sort((a, b) => a - b);
  const least = { month: 1, quarter: 3, year: 12 }[state.grain];
  const steps = [1, 3, 6, 12].filter((step) => step >= least);
  const every = (step) => all.filter((months) => months % step === 0);
  const months = every(steps.find((step) => every(step).length <= (panel.isNarrow ? 7 : 13)) ?? 12);
  const of = new Map(rows.map((row) => [`${row.cohort_start} ${row.months_since}`, row]));
  const at = (start, month) => of.get(`${start} ${month}`);
  const found = starts.filter((start) => months.some((month) => known(at(start, month)?.value)));
  const kept = found.slice(-(panel.options.most ?? 16));
  const readAt = panel.options.read_at ?? 12;
  const read = found
    .filter((start) => known(at(start, readAt)?.value) && at(start, readAt).is_provisional !== true)
    .at(-1);
  const values = rows
    .filter((row) => row.months_since > 0)
    .map((row) => row.value)
    .filter(known);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Seven steps of one colour; what is above the first month's 100 % has the darkest.
  const shade = (value) =>
    high === low ? 6 : Math.max(0, Math.min(6, Math.floor((7 * (value - low)) / (high - low))));
  const itemOf = (start, month, row) => ({
    label: `${periodWritten(start, state.grain)} · ${month}`,
    key: { period_start: start },
    rows: [row],
  });
  const short = (value) => formatter({ maximumFractionDigits: 0 }).format(100 * value);
  const picture = () =>
    make(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": wordIn(panel.name) },
      make(
        "table",
        { class: "cohorts" },
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            make("th", { scope: "col" }, said(words.page.cohort)),
            ...(panel.rows.has("cohort_size")
              ? [make("th", { scope: "col", class: "size" }, said(words.page.cohort_size))]
              : []),
            ...months.map((month) => make("th", { scope: "col" }, String(month))),
          ),
        ),
        make(
          "tbody",
          {},
          ...kept.map((start) =>
            make(
              "tr",
              {},
              make(
                "th",
                { scope: "row" },
                periodWritten(start, state.grain, {
                  short: panel.isNarrow || state.grain === "month",
                }),
              ),
              ...(panel.rows.has("cohort_size")
                ? [
                    make(
                      "td",
                      { class: "size" },
                      written(
                        at(start, 0)?.cohort_size ?? at(start, months[0])?.cohort_size,
                        "count",
                      ),
                    ),
                  ]
                : []),
              ...months.map((month) => {
                const row = at(start, month);
                if (!row || !known(row.value)) return make("td", { class: "none" }, "");
                const item = itemOf(start, month, row);
                return make(
                  "td",
                  {
                    ...(opens(panel, item)
                      ? { tabindex: -1, click: (event) => openBehind(panel, item, event.target) }
                      : {}),
                    class: `shade-${shade(row.value)}${row.is_provisional === true ? " provisional" : ""}`,
                    "data-value": String(row.value),
                    title:
                      `${periodWritten(start, state.grain)} · ${month}: ${written(row.value, panel.unit)}` +
                      (row.is_provisional === true ? ` (${said(words.page.provisional)})` : ""),
                  },
                  short(row.value),
                );
              }),
            ),
          ),
        ),
      ),
    );
  return {
    unit: panel.unit,
    facts: {
      months_read: { value: readAt, unit: "count" },
      kept: { value: read ? at(read, readAt).value : null, unit: panel.unit },
      kept_cohort: { text: read ? periodWritten(read, state.grain) : "" },
      count: { value: found.length, unit: "count" },
    },
    reason: null,
    isEmpty: !kept.length,
    items: kept.flatMap((start) =>
      months
        .filter((month) => known(at(start, month)?.value))
        .map((month) => itemOf(start, month, at(start, month))),
    ),
    draw: (element) => {
      element.append(picture());
      walkCells(element.querySelector(".cohorts"));
    },
    table: null,
    more: found.length > kept.length ? kept.length : null,
    isProvisional: kept.some((start) =>
      months.some(
        (month) => known(at(start, month)?.value) && at(start, month).is_provisional === true,
      ),
    ),
  };
};
