// The rows behind a mark: a dialogue with those of its figures, or those that the board's file gives.
const MOST_SHOWN = 200;
const dialogue = document.getElementById("behind");

// The tables of rows that the page holds, made when they are first asked for.
const tablesBehind = new Map();
const tableBehind = (name) => {
  const of = content.behind.tables[name];
  if (of === undefined) return null;
  if (typeof of === "string") return tableBehind(of);
  if (!tablesBehind.has(name)) {
    tablesBehind.set(name, {
      ...of,
      rows: new Rows(of.rows),
      larger: new Rows(of.larger),
      added: addedBy(of),
    });
  }
  return tablesBehind.get(name);
};
// What each row of a table adds to its figure: mostly what its entry adds everywhere.
const addedBy = ({ rows, parts }) => {
  const entries = running(rows.columns.entry.steps);
  if (!parts) return entries.map(() => 1);
  const usual = new Map(
    [...new Set(entries)].sort((a, b) => a - b).map((entry, place) => [entry, parts.usual[place]]),
  );
  const added = entries.map((entry) => usual.get(entry));
  running(parts.places).forEach((at, place) => {
    added[at] = parts.others[place];
  });
  return added;
};
let recordRows = null;
let entryRows = null;
const entryAt = (place) => {
  recordRows ??= new Rows(content.behind.records);
  entryRows ??= new Rows(content.behind.entries);
  const { record, day: on, owner } = entryRows.row(place);
  const { type, id, name, company, amount, stage, url } = recordRows.row(record);
  const beginning = content.behind.records.beginnings[type];
  return {
    type,
    record: name ?? id,
    company,
    owner,
    stage,
    day: on,
    amount,
    // An address that is not kept is made of the id, as the others of its type are.
    url: url ?? (beginning === undefined ? null : beginning + id.slice(id.lastIndexOf(":") + 1)),
  };
};

// Fills the names in braces from the cells of a row.
const filledFrom = (text, row) =>
  known(text) ? text.replace(/\{(\w+)\}/g, (whole, name) => row[name]) : null;

// The figures of a mark or a cell: those declared for each of its rows.
const figuresOf = (panel, item) => {
  const { mark, list } = item.figures ?? panel.figures;
  const marked = new Set(list.flatMap((figure) => figure.marks));
  return item.rows.flatMap((row) =>
    list
      .filter((figure) =>
        figure.marks.length ? figure.marks.includes(row[mark]) : !marked.has(row[mark]),
      )
      .map((figure) => {
        const kpi = filledFrom(figure.kpi, row);
        const isAll = figure.period === "all";
        const grain = isAll ? "all" : (row.period_grain ?? state.grain);
        const start = isAll ? null : (row.period_start ?? state.period);
        const dimension = figure.dimension ?? row.dimension ?? "all";
        return {
          kpi,
          variant: filledFrom(figure.variant, row) ?? content.behind.kpis[kpi].variant,
          only: figure.part,
          grain,
          start: figure.period === "previous" ? startBefore(grain, start) : start,
          dimension,
          segment: String(filledFrom(figure.segment, row) ?? row.segment ?? "all"),
          measure: figure.measure,
          where: Object.fromEntries(
            Object.entries(figure.where).map(([name, cell]) => [name, filledFrom(cell, row)]),
          ),
        };
      }),
  );
};
const startBefore = (grain, start) =>
  content.periods.find((each) => each.grain === grain && each.start === start)?.previous ?? null;

// What is said of a part in this cut goes before what is said of all.
const entriesOf = (entries, { dimension, segment }) => {
  const ofCut = entries.filter(
    (entry) => entry.dimension === dimension && (!entry.segment || entry.segment === segment),
  );
  return ofCut.length ? ofCut : entries.filter((entry) => !entry.dimension);
};
const quoted = (text) => `'${String(text).replaceAll("'", "''")}'`;
const queryOf = ({ kpi, variant, part, grain, start, dimension, segment, measure, where }) => {
  const period = grain === "all" ? "'year', null" : `${quoted(grain)}, date ${quoted(start)}`;
  const at = `${period}, ${quoted(dimension)}, ${quoted(segment)}`;
  const of = measure ? `${period}, 'all', 'all'` : at;
  const lines = [`from kpis.rows_of_${kpi}(${quoted(variant)}, ${quoted(part)}, ${of})`];
  if (measure) {
    const [aggregate, name] = measure.split(".");
    lines.push(
      `semi join aggregates.${aggregate}_rows(${quoted(name)}, ${at}) using (period_start, record_id)`,
    );
  }
  const limits = Object.entries(where).map(([name, cell]) =>
    cell === "(none)" ? `${name} is null` : `${name} = ${quoted(cell)}`,
  );
  if (limits.length) lines.push(`where ${limits.join(" and ")}`);
  return lines.join("\n");
};

// Returns the parts of a mark's figures: each with its rows, or the reason why it has none; and with
// the query that lists all of them.
const partsBehind = (panel, item) =>
  figuresOf(panel, item).flatMap((figure) => {
    const { parts } = content.behind.kpis[figure.kpi].variants[figure.variant];
    return Object.entries(parts)
      .filter(([part]) => !figure.only || part === figure.only)
      .map(([part, all]) => {
        // A measure cuts the rows of the whole.
        const entries = entriesOf(all, figure.measure ? { dimension: "all" } : figure);
        const one = { ...figure, part, isPair: Object.keys(parts).length > 1 };
        const why = entries.every((entry) => entry.why) ? (entries[0]?.why ?? null) : null;
        if (why || !entries.length) return { ...one, why, query: null, rows: [], count: null };
        return {
          ...one,
          unit: entries[0].unit,
          isPrivate: entries.some((entry) => entry.is_private),
          query: queryOf(one),
          ...heldOf(one),
        };
      });
  });
// The rows that the page holds of a part: null for those that it does not hold.
const heldOf = ({ kpi, variant, part, measure, grain, start, dimension, segment, where }) => {
  const name = [kpi, variant, part, measure, ...Object.keys(where), grain === "all" ? grain : null];
  const table = tableBehind(name.filter(Boolean).join(" "));
  const isHeld =
    table?.dimensions.includes(dimension) && content.behind.held[grain]?.includes(start);
  if (!isHeld) return { rows: null, count: null, sum: null };
  const wanted = { period_grain: grain, period_start: start, dimension, segment, ...where };
  const rows = table.rows
    .placesWhere(wanted)
    .map((place) => ({ ...entryAt(table.rows.get("entry", place)), part: table.added[place] }))
    .sort(
      (a, b) =>
        Math.abs(b.part) - Math.abs(a.part) ||
        String(b.day).localeCompare(String(a.day)) ||
        a.record.localeCompare(b.record),
    );
  const [larger] = table.larger.where(wanted);
  return {
    rows,
    count: larger?.count ?? rows.length,
    sum: larger?.sum ?? sum(rows.map((row) => row.part)),
  };
};

// Whether a mark has rows behind it.
const opens = (panel, item) =>
  Boolean(item && (panel.behind || ((item.figures ?? panel.figures) && item.rows.length)));
// The name of a mark: a button where it opens.
const openerOf = (panel, item) =>
  opens(panel, item)
    ? make(
        "button",
        {
          type: "button",
          class: "opener",
          click: (event) => openBehind(panel, item, event.currentTarget),
        },
        item.label,
      )
    : item.label;

// Arrow keys go along the cells of a table that open; one of them is in the order of the page.
const walkCells = (table) => {
  const cells = [...table.querySelectorAll("td[tabindex]")];
  if (!cells.length) return;
  cells[0].tabIndex = 0;
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td[tabindex]");
    if (!cell) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      cell.click();
      return;
    }
    const [down, right] = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
    }[event.key] ?? [0, 0];
    if (!down && !right) return;
    // Cells that do not open are passed over.
    let next = cell;
    do {
      next = table.rows[next.parentElement.rowIndex + down]?.cells[next.cellIndex + right];
    } while (next && !next.hasAttribute("tabindex"));
    if (!next) return;
    event.preventDefault();
    for (const each of cells) each.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
};

// Returns the rows of a mark of a panel with SQL for them: those of its period, its cut, and of the
// columns that match it.
const rowsBehind = (panel, item) => {
  const { rows, date, day: lastDay, match } = panel.behind;
  const wanted = Object.fromEntries(
    Object.entries(match).map(([column, property]) => [column, item.key[property] ?? null]),
  );
  const cut = chosenCut();
  if (panel.controls.grain && rows.has("period_grain")) wanted.period_grain = state.grain;
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

const countSaid = (count) =>
  count === 1
    ? said(words.page.row_count)
    : said(words.page.rows_count, { count: written(count, "count") });
const sumSaid = (value, unit) =>
  said(words.page.sum, { value: written(value, unit, { exact: true }) });

// The rows of a panel with SQL for them: how many, their sum, and a table.
const ownRows = (panel, item) => {
  const found = rowsBehind(panel, item);
  const { columns, measure } = panel.behind;
  const unit = columns.find((column) => column.name === measure)?.unit ?? "amount";
  const counted = [
    countSaid(found.length),
    measure ? sumSaid(sum(found.map((row) => row[measure])), unit) : null,
    found.length > MOST_SHOWN
      ? said(words.page.more, { most: written(MOST_SHOWN, "count") })
      : null,
  ];
  return {
    counted: make(
      "p",
      { class: "counted", "data-count": String(found.length) },
      counted.filter(Boolean).join(" · "),
    ),
    body: [tableOf(columns, found, item.label, { most: MOST_SHOWN })],
  };
};

// A query that a reader can copy.
const queryBox = (query) => {
  const code = make("code", {}, query);
  const copy = async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(query);
    } catch {
      // Where a page may not write to the clipboard, the reader copies what is selected.
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = said(words.behind.copied);
  };
  return make(
    "div",
    { class: "query" },
    make(
      "pre",
      { tabindex: 0, role: "region", "aria-label": said(words.behind.query) },
      code,
    ),
    make(
      "button",
      { type: "button", class: "switch", "aria-live": "polite", click: copy },
      said(words.behind.copy),
    ),
  );
};

// The columns of rows: those in which one has something.
const columnsOf = (rows, unit) => {
  const label = (name) => words.behind[name];
  const isCounted = rows.every((row) => row.part === 1);
  return [
    { name: "record", label: words.records[rows[0]?.type] ?? label("record"), link: "url" },
    { name: "company", label: label("company") },
    { name: "owner", label: label("owner") },
    { name: "stage", label: label("stage") },
    { name: "day", label: label("day"), unit: "date" },
    { name: "amount", label: label("amount"), unit: "amount" },
    ...(isCounted ? [] : [{ name: "part", label: label("part"), unit, has_bar: true }]),
  ]
    .filter(({ name }) => rows.some((row) => known(row[name])))
    // A customer is its company, and a cost is its amount.
    .filter(
      ({ name, link }) =>
        link ||
        (name === "company" && rows.some((row) => row.company !== row.record)) ||
        (name === "amount" && rows.some((row) => row.amount !== row.part)) ||
        !["company", "amount"].includes(name),
    )
    .map((column) => ({ unit: "text", ...column }));
};

// One part of a figure: its name, how many rows it has, and the rows or why they are not here.
const partSection = (item, part, isFirst) => {
  const kpi = content.behind.kpis[part.kpi];
  const name = [
    part.measure ? item.label : wordIn(kpi.name),
    !part.measure && Object.keys(kpi.variants).length > 1
      ? wordIn(kpi.variants[part.variant].label)
      : null,
    part.isPair ? said(words.behind[part.part]) : null,
    part.start ? periodWritten(part.start, part.grain) : null,
    part.dimension === "all" || item.figures ? null : wordOf(part.dimension, part.segment),
  ]
    .filter(Boolean)
    .join(" · ");
  const isCounted = part.rows?.every((row) => row.part === 1);
  const counted = !known(part.count)
    ? null
    : [countSaid(part.count), isCounted ? null : sumSaid(part.sum, part.unit)]
        .filter(Boolean)
        .join(" · ");
  const rest = known(part.count) ? part.count - part.rows.length : 0;
  const body = [
    part.rows?.length ? tableOf(columnsOf(part.rows, part.unit), part.rows, name) : null,
    part.why ? make("p", { class: "why" }, wordIn(part.why)) : null,
    part.query
      ? make(
          "p",
          { class: "how" },
          part.rows === null
            ? said(part.isPrivate ? words.behind.is_private : words.behind.not_held)
            : rest
              ? said(rest === 1 ? words.behind.one_more : words.behind.more, {
                  count: written(rest, "count"),
                })
              : said(words.behind.all_held),
        )
      : null,
    part.query ? queryBox(part.query) : null,
  ].filter(Boolean);
  return make(
    "details",
    {
      class: "part",
      open: isFirst,
      "data-part": part.part,
      "data-count": known(part.count) ? String(part.count) : null,
      "data-sum": known(part.sum) ? String(part.sum) : null,
    },
    make(
      "summary",
      {},
      make("span", { class: "part-name" }, name),
      counted ? make("span", { class: "counted" }, counted) : null,
    ),
    ...body,
  );
};

const openBehind = (panel, item, opener) => {
  if (!opens(panel, item)) return;
  hideTip();
  const own = panel.behind ? ownRows(panel, item) : null;
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
        own?.counted,
      ),
      make(
        "button",
        { type: "button", class: "switch", click: () => dialogue.close() },
        said(words.page.close),
      ),
    ),
    ...(own
      ? own.body
      : partsBehind(panel, item).map((part, place) => partSection(item, part, place === 0))),
  );
  dialogue.addEventListener("close", () => opener?.focus(), { once: true });
  dialogue.showModal();
};
// A click beside the dialogue closes it.
dialogue.addEventListener("click", (event) => {
  if (event.target === dialogue) dialogue.close();
});
