// News in sentences.
const alerts = (panel) => {
  const rows = rowsAt(panel).sort((a, b) => a.place - b.place);
  const count = (kind) => ({
    value: rows.filter((row) => row.kind === kind).length,
    unit: "count",
  });
  const shown = rows.slice(0, panel.options.most ?? 12);
  const classes = { off_track: "off_track", back_on_track: "on_track", restated: "none" };
  return {
    unit: null,
    facts: {
      count: { value: rows.length, unit: "count" },
      off_track: count("off_track"),
      back_on_track: count("back_on_track"),
      restated: count("restated"),
    },
    reason: null,
    isEmpty: false,
    items: [],
    draw: (element) =>
      element.append(
        make(
          "ul",
          { class: "alerts" },
          ...shown.map((row) =>
            make(
              "li",
              {},
              make(
                "span",
                { class: `status ${classes[row.kind] ?? "none"}` },
                make("span", { class: "dot", "aria-hidden": "true" }),
                said(words.alert_kinds[row.kind]),
              ),
              make("span", {}, row[`message_${state.lang}`]),
            ),
          ),
        ),
      ),
    table: null,
  };
};
