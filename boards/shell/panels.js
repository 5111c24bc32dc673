// The types that need no chart, and the frame that every panel stands in.

// -- tiles -------------------------------------------------------------------------------------------

const tiles = (panel) => {
  const chosen = chosenCut();
  const period = chosenPeriod();
  const at = (kpi, start, cut) => panel.rows.where(
    { kpi, period_grain: state.grain, period_start: start, ...cut })[0];
  const total = { dimension: "all", segment: "all" };
  panel.kpis ??= [...new Map(panel.rows.where({}).map((row) => [row.kpi, row])).values()]
    .sort((a, b) => (a.kpi_order ?? 0) - (b.kpi_order ?? 0));
  // A KPI that does not know the cut shows the total and says so.
  panel.cutsOf ??= new Map(panel.kpis.map(({ kpi }) => [
    kpi, new Set(panel.rows.where({ kpi }).map((row) => row.dimension))]));
  const shown = panel.kpis.map((first) => {
    const { kpi } = first;
    const isCut = panel.cutsOf.get(kpi).has(chosen.dimension);
    const cut = isCut ? chosen : total;
    const row = at(kpi, state.period, cut);
    const before = period ? at(kpi, period.previous, cut) : null;
    const unit = panel.options.formats?.[kpi] ?? first.unit;
    const starts = periodsOf(state.grain).filter((each) => each.start <= state.period).slice(-12);
    return { kpi, first, row, before, unit, isCut,
             values: starts.map((each) => at(kpi, each.start, cut)?.value ?? null) };
  });
  const tile = ({ first, row, before, unit, isCut, values }) => {
    const change = changeOf(row?.value, before?.value, unit);
    const isProvisional = row?.is_provisional === true;
    const hasValue = known(row?.value);
    return make("li", { class: `tile${isProvisional ? " provisional" : ""}`, "data-kpi": first.kpi },
      make("h3", {}, first[`name_${state.lang}`]),
      make("p", { class: "value", "data-value": hasValue ? String(row.value) : null },
        hasValue ? written(row.value, unit) : said(words.page.no_figure)),
      make("p", { class: "change" },
        ...(hasValue ? [] : [reasonSaid(row?.null_reason)]),
        ...(hasValue && change ? [
          make("span", { class: "arrow", "aria-hidden": "true" },
            changeIsZero(change) ? "●" : change.value > 0 ? "▲" : "▼"),
          make("b", { "data-change": String(change.value) },
            changeIsZero(change) ? said(words.page.no_change) : changeWritten(change)),
          ` ${said(words.page.versus, { period: periodWritten(period.previous, state.grain) })}`,
        ] : []),
        ...(hasValue && !change ? [said(words.page.no_previous)] : [])),
      make("p", { class: "judged" },
        ...(known(row?.status) || known(row?.target) ? [
          known(row?.status) ? statusChip(row.status) : null,
          known(row?.target) ? make("span", { "data-target": String(row.target) },
            `${said(words.page.target)} ${written(row.target, unit)}`) : null,
        ].filter(Boolean) : []),
        ...(isProvisional ? [make("span", { class: "flag" }, said(words.page.provisional))] : []),
        ...(isCut ? [] : [make("span", { class: "flag" },
          said(words.page.total_of_cut, { cut: lower(dimensionSaid(chosen.dimension)) }))])),
      sparkline(values));
  };
  return {
    facts: {}, unit: null, reason: null, isEmpty: false, items: [],
    draw: (element) => element.append(make("ul", { class: "tiles" }, ...shown.map(tile))),
    table: {
      head: [said(words.page.kpi), said(words.page.value), said(words.page.before),
             said(words.page.target), said(words.page.status)],
      rows: shown.map(({ first, row, before, unit }) => [
        textCell(first[`name_${state.lang}`]), cell(row?.value ?? null, unit, row ?? {}),
        cell(before?.value ?? null, unit, before ?? {}),
        cell(row?.target ?? null, unit, { isPlain: true }),
        textCell(known(row?.status) ? said(words.statuses[row.status]) : ""),
      ]),
    },
    isProvisional: shown.some(({ row }) => row?.is_provisional === true),
  };
};

// -- cohorts: a table is the picture -----------------------------------------------------------------

const cohorts = (panel) => {
  const rows = rowsUntil(panel).filter((row) => known(row.months_since));
  const starts = [...new Set(rows.map((row) => row.cohort_start))].sort();
  // As many months as there is room for: every one, or each quarter's, each half-year's, each year's.
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
  const read = found.filter((start) => known(at(start, readAt)?.value) && at(start, readAt).is_provisional !== true).at(-1);
  const values = rows.filter((row) => row.months_since > 0).map((row) => row.value).filter(known);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Seven steps of one colour; what is above the first month's 100 % has the darkest.
  const shade = (value) => (high === low ? 6 : Math.max(0, Math.min(6, Math.floor((7 * (value - low)) / (high - low)))));
  const short = (value) => formatter({ maximumFractionDigits: 0 }).format(100 * value);
  const picture = () => make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": wordIn(panel.name) },
    make("table", { class: "cohorts" },
      make("thead", {}, make("tr", {},
        make("th", { scope: "col" }, said(words.page.cohort)),
        ...(panel.rows.has("cohort_size") ? [make("th", { scope: "col", class: "size" }, said(words.page.cohort_size))] : []),
        ...months.map((month) => make("th", { scope: "col" }, String(month))))),
      make("tbody", {}, ...kept.map((start) => make("tr", {},
        make("th", { scope: "row" }, periodWritten(start, state.grain, { short: panel.isNarrow || state.grain === "month" })),
        ...(panel.rows.has("cohort_size") ? [make("td", { class: "size" },
          written(at(start, 0)?.cohort_size ?? at(start, months[0])?.cohort_size, "count"))] : []),
        ...months.map((month) => {
          const row = at(start, month);
          if (!row || !known(row.value)) return make("td", { class: "none" }, "");
          return make("td", {
            class: `shade-${shade(row.value)}${row.is_provisional === true ? " provisional" : ""}`,
            "data-value": String(row.value),
            title: `${periodWritten(start, state.grain)} · ${month}: ${written(row.value, panel.unit)}`
              + (row.is_provisional === true ? ` (${said(words.page.provisional)})` : ""),
          }, short(row.value));
        }))))));
  return {
    unit: panel.unit,
    facts: {
      months_read: { value: readAt, unit: "count" },
      kept: { value: read ? at(read, readAt).value : null, unit: panel.unit },
      kept_cohort: { text: read ? periodWritten(read, state.grain) : "" },
      count: { value: found.length, unit: "count" },
    },
    reason: null, isEmpty: !kept.length, items: [], draw: (element) => element.append(picture()),
    table: null, more: found.length > kept.length ? kept.length : null,
    isProvisional: kept.some((start) => months.some((month) =>
      known(at(start, month)?.value) && at(start, month).is_provisional === true)),
  };
};

// -- table -------------------------------------------------------------------------------------------

const listed = (panel) => {
  const { columns } = panel.options;
  const [by, way] = (panel.options.order ?? columns[0].name).split(" ");
  const rows = rowsAt(panel).sort((a, b) => {
    const [x, y] = [a[by], b[by]];
    if (x === y) return 0;
    if (!known(x) || !known(y)) return known(x) ? -1 : 1;
    return (x < y ? -1 : 1) * (way === "desc" ? -1 : 1);
  });
  const shown = panel.options.most ? rows.slice(0, panel.options.most) : rows;
  return {
    unit: null,
    facts: {
      count: { value: rows.length, unit: "count" },
      ...Object.fromEntries(columns.map((column) => [
        `top_${column.name}`,
        column.unit === "text" ? { text: known(rows[0]?.[`${column.name}_${state.lang}`])
          ? rows[0][`${column.name}_${state.lang}`] : known(rows[0]?.[column.name])
          ? wordOf(column.dimension, rows[0][column.name]) : undefined, value: null }
          : { value: rows[0]?.[column.name] ?? null, unit: column.unit }])),
    },
    reason: null, isEmpty: !rows.length, items: [],
    draw: (element) => element.append(tableOf(columns, shown, wordIn(panel.name) || "")),
    table: null, isProvisional: rows.some((row) => row.is_provisional === true),
  };
};
// A table of rows: numbers to the right, a bar behind those that ask for one, links where there are.
const tableOf = (columns, rows, name, { most = Infinity } = {}) => {
  const largest = new Map(columns.filter((column) => column.has_bar).map((column) => [
    column.name, Math.max(0, ...rows.map((row) => row[column.name] ?? 0))]));
  const isNumber = (column) => !["text", "date"].includes(column.unit);
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
    make("table", { class: "listed" },
      make("thead", {}, make("tr", {}, ...columns.map((column) =>
        make("th", { scope: "col", class: isNumber(column) ? "number" : null }, wordIn(column.label))))),
      make("tbody", {}, ...rows.slice(0, most).map((row) => make("tr", {
        class: row.is_provisional === true ? "provisional" : null },
        ...columns.map((column, place) => {
          const value = row[`${column.name}_${state.lang}`] ?? row[column.name];
          const text = typeof value === "boolean" ? (value ? "✓" : "–")
            : column.dimension && known(value) ? wordOf(column.dimension, value)
            : known(value) ? written(value, column.unit) : reasonShort(row, column);
          const link = column.link && row[column.link];
          const attributes = { class: isNumber(column) ? "number" : null,
                               "data-value": isNumber(column) && known(value) ? String(value) : null };
          if (isNumber(column) && !known(value)) attributes.class += " reason";
          const inside = link && /^https?:\/\//.test(link)
            ? make("a", { href: link, target: "_blank", rel: "noreferrer" }, text) : text;
          const element = place === 0 ? make("th", { scope: "row", ...attributes }, inside)
            : make("td", attributes, inside);
          if (column.has_bar && known(value) && largest.get(column.name)) {
            const bar = make("span", { class: "bar", "aria-hidden": "true" });
            bar.style.width = `${Math.max(0, (100 * value) / largest.get(column.name))}%`;
            element.classList.add("with-bar");
            element.append(bar);
          }
          return element;
        }))))));
};
// Why a cell is empty: the column `<name>_reason` of its row tells.
const reasonShort = (row, column) => (row[`${column.name}_reason`] ? reasonSaid(row[`${column.name}_reason`]) : "–");

// -- scorecard ---------------------------------------------------------------------------------------

const PERSPECTIVES = ["financial", "customer", "internal_process", "learning_and_growth"];
const scorecard = (panel) => {
  const rows = rowsAt(panel);
  const count = (...statuses) => rows.filter((row) => statuses.includes(row.status)).length;
  const groups = PERSPECTIVES.map((perspective) => [
    perspective, rows.filter((row) => row.perspective === perspective).sort(
      (a, b) => a[`name_${state.lang}`].localeCompare(b[`name_${state.lang}`], LOCALES[state.lang]))])
    .filter(([, found]) => found.length);
  const unitOf = (row) => panel.options.formats?.[row.kpi] ?? row.unit;
  // The change is that of the view; it is written as its unit asks.
  const changeSaid = (row) => {
    if (!known(row.change) || !known(row.value)) return "–";
    const change = changeOf(row.value, row.value - row.change, unitOf(row));
    return !change ? "–" : changeIsZero(change) ? said(words.page.no_change) : changeWritten(change);
  };
  const group = ([perspective, found]) => make("section", { class: "perspective" },
    make("h3", {}, said(words.perspectives[perspective])),
    make("table", { class: "listed" },
      make("thead", { class: "unseen" }, make("tr", {},
        make("th", { scope: "col" }, said(words.page.kpi)),
        make("th", { scope: "col" }, said(words.page.value)),
        make("th", { scope: "col" }, said(words.page.change)),
        make("th", { scope: "col" }, said(words.page.status)))),
      make("tbody", {}, ...found.map((row) => make("tr", { "data-kpi": row.kpi,
        class: row.is_provisional === true ? "provisional" : null },
        make("th", { scope: "row" }, row[`name_${state.lang}`]),
        make("td", { class: "number", "data-value": known(row.value) ? String(row.value) : null },
          known(row.value) ? written(row.value, unitOf(row)) : reasonSaid(row.null_reason)),
        make("td", { class: "number change" }, changeSaid(row)),
        make("td", { class: "of-status" }, statusChip(row.status)))))));
  return {
    unit: null,
    facts: {
      on_track: { value: count("on_track"), unit: "count" }, watch: { value: count("watch"), unit: "count" },
      off_track: { value: count("off_track"), unit: "count" },
      judged: { value: count("on_track", "watch", "off_track"), unit: "count" },
      not_judged: { value: rows.length - count("on_track", "watch", "off_track"), unit: "count" },
    },
    reason: null, isEmpty: !rows.length, items: [],
    draw: (element) => element.append(make("div", { class: "scorecard" }, ...groups.map(group))),
    table: null, isProvisional: rows.some((row) => row.is_provisional === true),
  };
};

// -- alerts ------------------------------------------------------------------------------------------

const alerts = (panel) => {
  const rows = rowsAt(panel).sort((a, b) => a.place - b.place);
  const count = (kind) => ({ value: rows.filter((row) => row.kind === kind).length, unit: "count" });
  const shown = rows.slice(0, panel.options.most ?? 12);
  const classes = { off_track: "off_track", back_on_track: "on_track", restated: "none" };
  return {
    unit: null,
    facts: { count: { value: rows.length, unit: "count" }, off_track: count("off_track"),
             back_on_track: count("back_on_track"), restated: count("restated") },
    reason: null, isEmpty: false, items: [],
    draw: (element) => element.append(make("ul", { class: "alerts" }, ...shown.map((row) => make("li", {},
      make("span", { class: `status ${classes[row.kind] ?? "none"}` },
        make("span", { class: "dot", "aria-hidden": "true" }), said(words.alert_kinds[row.kind])),
      make("span", {}, row[`message_${state.lang}`]))))),
    table: null,
  };
};

// -- the frame ---------------------------------------------------------------------------------------

const TYPES = { tiles, waterfall, funnel, bars, trend, forecast, drivers, cohorts, table: listed, scorecard, alerts };

// The title states the finding; where a figure of it is not known, it says so with the reason.
const titleOf = (panel, model, facts) => {
  if (model.isEmpty || model.reason) {
    const reason = model.reason ? ` (${reasonSaid(model.reason)})` : "";
    return `${wordIn(panel.name)}: ${said(words.page.no_figure).toLowerCase()}${reason}`.replace(": ", state.lang === "fr" ? "\u00a0: " : ": ");
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
  const untouched = ["grain", "period", ...(content.cuts.length ? ["cut"] : [])]
    .filter((control) => !panel.controls[control]);
  const notes = [];
  if (panel.type !== "tiles" && panel.controls.cut && !knowsCut(panel)) {
    notes.push(said(words.page.no_cut, { cut: lower(dimensionSaid(chosenCut().dimension)) }));
  }
  const grains = panel.controls.grain ? panel.rows.columns.period_grain.texts : [];
  if (grains.length && !grains.includes(state.grain)) {
    notes.push(said(words.page.no_grain, { grain: lower(said(words.grains[state.grain])) }));
  }
  if (model.more) notes.push(said(words.page.latest, { most: written(model.more, "count") }));
  if (untouched.length) {
    notes.push(said(words.page.untouched, {
      names: untouched.map((control) => said(words.controls_named[control])).join(", ") }));
  }
  if (panel.note) notes.push(wordIn(panel.note));
  return notes;
};

const plainTable = ({ head, rows }, caption) => make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
  make("table", { class: "listed" },
    make("caption", { class: "unseen" }, caption),
    make("thead", {}, make("tr", {}, ...head.map((label, place) =>
      make("th", { scope: "col", class: place ? "number" : null }, label)))),
    make("tbody", {}, ...rows.map((cells) => make("tr", {
      class: cells.some((each) => each.is_provisional === true) ? "provisional" : null },
      ...cells.map((each, place) => {
        const isText = each.unit === "text";
        const text = known(each.value) ? written(each.value, each.unit, { exact: true, sign: each.sign })
          : each.isPlain ? "–" : reasonSaid(each.null_reason);
        return make(place ? "td" : "th", {
          scope: place ? null : "row", class: isText && !place ? null : isText ? null : "number",
          "data-value": !isText && known(each.value) ? String(each.value) : null,
        }, text, each.is_provisional === true ? make("span", { class: "flag" }, said(words.page.provisional)) : null);
      }))))));

// Panels are laid out first and their charts drawn then: a chart fills the room beside its neighbours.
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
  model.isProvisional ??= (model.table?.rows ?? []).flat().some((each) => each.is_provisional === true);
  panel.model = model;
  panel.facts = facts;
  const title = panel.title ? titleOf(panel, model, facts) : wordIn(panel.name);
  const head = make("div", { class: "panel-head" });
  const body = make("div", { class: "panel-body" });
  const hasTable = Boolean(model.table) && !model.isEmpty;
  if (panel.title) {
    const scope = [
      wordIn(panel.subtitle ?? panel.name)
        + (splitOf(panel) ? ` ${said(words.page.by, { cut: facts.split.text })}` : ""),
      panel.controls.period ? facts.period.text : null,
      isPicked(panel) ? segmentSaid() : null,
    ].filter(Boolean);
    head.append(make("div", {}, make("h2", { id: `${panel.id}-title` }, title),
                     make("p", { class: "subtitle" }, scope.join(" · "))));
  } else {
    head.append(make("h2", { class: "unseen", id: `${panel.id}-title` }, title));
  }
  if (hasTable) {
    const isTable = panel.isTable === true;
    head.append(make("button", {
      type: "button", class: "switch", "aria-pressed": String(isTable),
      "aria-label": said(isTable ? words.page.show_chart : words.page.show_table, { name: wordIn(panel.name) }),
      click: () => {
        panel.isTable = !isTable;
        showPanel(panel);
        panel.element.querySelector(".switch").focus();
      },
    }, said(isTable ? words.page.chart : words.page.table)));
  }
  panel.element.replaceChildren(head, body);
  if (model.isEmpty) {
    body.append(make("p", { class: "nothing" }, said(words.page.no_rows)));
  } else if (hasTable && panel.isTable) {
    body.append(plainTable(model.table, title));
  } else if (model.draw) {
    model.draw(body);
  } else {
    const legend = model.legend?.length ? make("ul", { class: "legend" }, ...model.legend.map((each) =>
      make("li", {}, make("span", { class: `mark ${each.mark}`, "aria-hidden": "true" }), each.label))) : null;
    const canOpen = Boolean(panel.behind);
    const chart = make("div", {
      class: "chart", tabindex: 0, role: "application", "aria-roledescription": said(words.page.chart),
      "aria-label": `${title}. ${said(canOpen ? words.page.keys : words.page.keys_only)}`,
    });
    const height = model.height ?? panel.height ?? 280;
    chart.style.minHeight = `${height}px`;
    chart.style.maxHeight = `${Math.round(1.7 * height)}px`;
    body.append(...[legend, chart].filter(Boolean));
  }
  const notes = notesOf(panel, model);
  // Paper has no hatch and no mouse.
  const canOpen = panel.behind && model.items.length && !panel.isTable;
  const only = (where, word) => make("span", { class: where }, `${said(word)} `);
  const parts = [
    ...(model.isProvisional ? [only("on-screen", words.page.provisional_note),
                               only("on-paper", words.page.provisional_on_paper)] : []),
    notes.join(" "),
    ...(canOpen ? [make("span", { class: "on-screen" }, ` ${said(words.page.click)}`)] : []),
  ].filter(Boolean);
  if (parts.length) panel.element.append(make("p", { class: "notes" }, ...parts));
};
