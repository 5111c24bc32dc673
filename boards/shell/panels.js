// The frame that every panel stands in.
const TYPES = {
  tiles,
  waterfall,
  funnel,
  bars,
  trend,
  forecast,
  drivers,
  cohorts,
  table: listed,
  scorecard,
  alerts,
};

// The title states the finding; where a figure of it is not known, it says so with the reason.
const titleOf = (panel, model, facts) => {
  if (model.isEmpty || model.reason) {
    const reason = model.reason ? ` (${reasonSaid(model.reason)})` : "";
    return `${wordIn(panel.name)}: ${said(words.page.no_figure).toLowerCase()}${reason}`.replace(
      ": ",
      state.lang === "fr" ? "\u00a0: " : ": ",
    );
  }
  try {
    return titled(panel.title[state.lang], facts);
  } catch (error) {
    if (error instanceof UnknownFact) return wordIn(panel.name);
    throw error;
  }
};

// Says which choices of the reader do not change this panel.
const notesOf = (panel, model) => {
  const untouched = ["grain", "period", ...(content.cuts.length ? ["cut"] : [])].filter(
    (control) => !panel.controls[control],
  );
  const notes = [...(model.notes ?? [])];
  if (panel.type !== "tiles" && panel.controls.cut && !knowsCut(panel)) {
    notes.push(said(words.page.no_cut, { cut: lower(dimensionSaid(chosenCut().dimension)) }));
  }
  const grains = panel.controls.grain ? panel.rows.columns.period_grain.texts : [];
  if (grains.length && !grains.includes(state.grain)) {
    notes.push(said(words.page.no_grain, { grain: lower(said(words.grains[state.grain])) }));
  }
  if (model.more) notes.push(said(words.page.latest, { most: written(model.more, "count") }));
  if (untouched.length) {
    notes.push(
      said(words.page.untouched, {
        names: untouched.map((control) => said(words.controls_named[control])).join(", "),
      }),
    );
  }
  if (panel.note) notes.push(wordIn(panel.note));
  return notes;
};

const plainTable = ({ head, rows }, caption) =>
  make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    make(
      "table",
      { class: "listed" },
      make("caption", { class: "unseen" }, caption),
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          ...head.map((label, place) =>
            make("th", { scope: "col", class: place ? "number" : null }, label),
          ),
        ),
      ),
      make(
        "tbody",
        {},
        ...rows.map((cells) =>
          make(
            "tr",
            {
              class: cells.some((each) => each.is_provisional === true) ? "provisional" : null,
            },
            ...cells.map((each, place) => {
              const isText = each.unit === "text";
              const text = known(each.value)
                ? written(each.value, each.unit, { exact: true, sign: each.sign })
                : each.isPlain
                  ? "–"
                  : reasonSaid(each.null_reason);
              return make(
                place ? "td" : "th",
                {
                  scope: place ? null : "row",
                  class: isText && !place ? null : isText ? null : "number",
                  "data-value": !isText && known(each.value) ? String(each.value) : null,
                },
                text,
                each.is_provisional === true
                  ? make("span", { class: "flag" }, said(words.page.provisional))
                  : null,
              );
            }),
          ),
        ),
      ),
    ),
  );

// Panels are laid out first and their charts drawn then, in the room beside their neighbours.
const showPanels = (panels) => {
  panels.forEach(layOut);
  panels.forEach((panel) => {
    const element = panel.element.querySelector(".chart");
    if (element) panel.chart = mountChart(element, panel.model, panel);
  });
};
const showPanel = (panel) => showPanels([panel]);

const layOut = (panel) => {
  panel.chart?.dispose();
  panel.chart = null;
  panel.isNarrow = panel.element.clientWidth < 480;
  const model = TYPES[panel.type](panel);
  const facts = { ...commonFacts(panel), ...model.facts };
  model.isProvisional ??= (model.table?.rows ?? [])
    .flat()
    .some((each) => each.is_provisional === true);
  panel.model = model;
  panel.facts = facts;
  const title = panel.title ? titleOf(panel, model, facts) : wordIn(panel.name);
  const head = make("div", { class: "panel-head" });
  const body = make("div", { class: "panel-body" });
  const hasTable = Boolean(model.table) && !model.isEmpty;
  if (panel.title) {
    const scope = [
      wordIn(panel.subtitle ?? panel.name) +
        (splitOf(panel) ? ` ${said(words.page.by, { cut: facts.split.text })}` : ""),
      panel.controls.period ? facts.period.text : null,
      isPicked(panel) ? segmentSaid() : null,
    ].filter(Boolean);
    head.append(
      make(
        "div",
        {},
        make("h2", { id: `${panel.id}-title` }, title),
        make("p", { class: "subtitle" }, scope.join(" · ")),
      ),
    );
  } else {
    head.append(make("h2", { class: "unseen", id: `${panel.id}-title` }, title));
  }
  if (hasTable) {
    const isTable = panel.isTable === true;
    head.append(
      make(
        "button",
        {
          type: "button",
          class: "switch",
          "aria-pressed": String(isTable),
          "aria-label": said(isTable ? words.page.show_chart : words.page.show_table, {
            name: wordIn(panel.name),
          }),
          click: () => {
            panel.isTable = !isTable;
            showPanel(panel);
            panel.element.querySelector(".switch").focus();
          },
        },
        said(isTable ? words.page.chart : words.page.table),
      ),
    );
  }
  panel.element.replaceChildren(head, body);
  if (model.isEmpty) {
    body.append(make("p", { class: "nothing" }, said(words.page.no_rows)));
  } else if (hasTable && panel.isTable) {
    body.append(plainTable(model.table, title));
  } else if (model.draw) {
    model.draw(body);
  } else {
    const legend = model.legend?.length
      ? make(
          "ul",
          { class: "legend" },
          ...model.legend.map((each) =>
            make(
              "li",
              {},
              make("span", { class: `mark ${each.mark}`, "aria-hidden": "true" }),
              each.label,
            ),
          ),
        )
      : null;
    const canOpen = Boolean(panel.behind || panel.figures);
    const chart = make("div", {
      class: "chart",
      tabindex: 0,
      role: "application",
      "aria-roledescription": said(words.page.chart),
      "aria-label": `${title}. ${said(canOpen ? words.page.keys : words.page.keys_only)}`,
    });
    const height = model.height ?? panel.height ?? 280;
    chart.style.minHeight = `${height}px`;
    chart.style.maxHeight = `${Math.round(1.7 * height)}px`;
    body.append(...[legend, chart].filter(Boolean));
  }
  const notes = notesOf(panel, model);
  // Paper has no hatch and no mouse.
  const canOpen =
    model.items.some((item) => opens(panel, item)) && !model.isEmpty && !panel.isTable;
  const only = (where, word) => make("span", { class: where }, `${said(word)} `);
  const parts = [
    ...(model.isProvisional
      ? [
          only("on-screen", words.page.provisional_note),
          only("on-paper", words.page.provisional_on_paper),
        ]
      : []),
    notes.join(" "),
    ...(canOpen
      ? [
          make(
            "span",
            { class: "on-screen" },
            ` ${said(panel.type === "table" ? words.page.click_cell : words.page.click)}`,
          ),
        ]
      : []),
  ].filter(Boolean);
  if (parts.length) panel.element.append(make("p", { class: "notes" }, ...parts));
};
