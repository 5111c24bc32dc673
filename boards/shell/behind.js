// The rows behind a mark: a dialogue with those that the board's file gives for it.
const MOST_SHOWN = 200;
const dialogue = document.getElementById("behind");

// Whether a mark has rows behind it.
const opens = (panel, item) => Boolean(panel.behind && item);

// Returns the rows of a mark: those of its period, its cut, and of the columns that match it.
const rowsBehind = (panel, item) => {
  const { rows, date, day: lastDay, match } = panel.behind;
  const wanted = Object.fromEntries(
    Object.entries(match).map(([column, property]) => [column, item.key[property] ?? null]),
  );
  const cut = chosenCut();
  if (isPicked(panel)) wanted[cut.dimension] = cut.segment;
  if (splitOf(panel)) wanted[splitOf(panel)] = item.key.category;
  let found = rows.where(wanted);
  const start = item.key.period_start ?? state.period;
  const period = content.periods.find((each) => each.grain === state.grain && each.start === start);
  if (lastDay) {
    const last = period.is_over ? period.end : content.publication.reporting_date;
    found = found.filter((row) => row[lastDay] === last);
  }
  if (date) {
    found = found.filter(
      (row) => known(row[date]) && row[date] >= period.start && row[date] <= period.end,
    );
  }
  return found;
};

const openBehind = (panel, item, opener) => {
  if (!opens(panel, item)) return;
  hideTip();
  const found = rowsBehind(panel, item);
  const { columns, measure } = panel.behind;
  const unit = columns.find((column) => column.name === measure)?.unit ?? "amount";
  const counted =
    found.length === 1
      ? said(words.page.row_count)
      : said(words.page.rows_count, { count: written(found.length, "count") });
  const parts = [
    wordIn(panel.name),
    panel.controls.period
      ? periodWritten(item.key.period_start ?? state.period, state.grain)
      : null,
  ].filter(Boolean);
  dialogue.replaceChildren(
    make(
      "div",
      { class: "panel-head" },
      make(
        "div",
        {},
        make("h2", { id: "behind-title" }, item.label),
        make("p", { class: "subtitle" }, parts.join(" · ")),
        make(
          "p",
          { class: "counted", "data-count": String(found.length) },
          [
            counted,
            measure
              ? said(words.page.sum, {
                  value: written(sum(found.map((row) => row[measure])), unit, { exact: true }),
                })
              : null,
            found.length > MOST_SHOWN
              ? said(words.page.more, { most: written(MOST_SHOWN, "count") })
              : null,
          ]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      make(
        "button",
        { type: "button", class: "switch", click: () => dialogue.close() },
        said(words.page.close),
      ),
    ),
    tableOf(columns, found, item.label, { most: MOST_SHOWN }),
  );
  dialogue.addEventListener("close", () => opener?.focus(), { once: true });
  dialogue.showModal();
};
// A click beside the dialogue closes it.
dialogue.addEventListener("click", (event) => {
  if (event.target === dialogue) dialogue.close();
});
