// KPIs by perspective, with their status.
const PERSPECTIVES = ["financial", "customer", "internal_process", "learning_and_growth"];
const scorecard = (panel) => {
  const rows = rowsAt(panel);
  const count = (...statuses) => rows.filter((row) => statuses.includes(row.status)).length;
  const groups = PERSPECTIVES.map((perspective) => [
    perspective,
    rows
      .filter((row) => row.perspective === perspective)
      .sort((a, b) =>
        a[`name_${state.lang}`].localeCompare(b[`name_${state.lang}`], LOCALES[state.lang]),
      ),
  ]).filter(([, found]) => found.length);
  const unitOf = (row) => panel.options.formats?.[row.kpi] ?? row.unit;
  // The change is that of the view; it is written as its unit asks.
  const changeSaid = (row) => {
    if (!known(row.change) || !known(row.value)) return "–";
    const change = changeOf(row.value, row.value - row.change, unitOf(row));
    return !change
      ? "–"
      : changeIsZero(change)
        ? said(words.page.no_change)
        : changeWritten(change);
  };
  const itemOf = (row) => ({
    label: row[`name_${state.lang}`],
    key: { period_start: row.period_start },
    rows: [row],
  });
  const group = ([perspective, found]) =>
    make(
      "section",
      { class: "perspective" },
      make("h3", {}, said(words.perspectives[perspective])),
      make(
        "table",
        { class: "listed" },
        make(
          "thead",
          { class: "unseen" },
          make(
            "tr",
            {},
            make("th", { scope: "col" }, said(words.page.kpi)),
            make("th", { scope: "col" }, said(words.page.value)),
            make("th", { scope: "col" }, said(words.page.change)),
            make("th", { scope: "col" }, said(words.page.status)),
          ),
        ),
        make(
          "tbody",
          {},
          ...found.map((row) =>
            make(
              "tr",
              { "data-kpi": row.kpi, class: row.is_provisional === true ? "provisional" : null },
              make("th", { scope: "row" }, openerOf(panel, itemOf(row))),
              make(
                "td",
                { class: "number", "data-value": known(row.value) ? String(row.value) : null },
                known(row.value) ? written(row.value, unitOf(row)) : reasonSaid(row.null_reason),
              ),
              make("td", { class: "number change" }, changeSaid(row)),
              make("td", { class: "of-status" }, statusChip(row.status)),
            ),
          ),
        ),
      ),
    );
  return {
    unit: null,
    facts: {
      on_track: { value: count("on_track"), unit: "count" },
      watch: { value: count("watch"), unit: "count" },
      off_track: { value: count("off_track"), unit: "count" },
      judged: { value: count("on_track", "watch", "off_track"), unit: "count" },
      not_judged: { value: rows.length - count("on_track", "watch", "off_track"), unit: "count" },
    },
    reason: null,
    isEmpty: !rows.length,
    items: rows.map(itemOf),
    draw: (element) => element.append(make("div", { class: "scorecard" }, ...groups.map(group))),
    table: null,
    isProvisional: rows.some((row) => row.is_provisional === true),
  };
};
