// A table whose cells open the rows behind them, where they are figures of KPIs.
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
  const itemOf = (row, column) => ({
    label: `${textOf(row, columns[0])} · ${wordIn(column.label)}`,
    key: row,
    rows: [row],
    figures: column.figures,
    column: column.name,
  });
  const isFigure = (row, column) => column.figures && known(row[column.name]);
  return {
    unit: null,
    facts: {
      count: { value: rows.length, unit: "count" },
      ...Object.fromEntries(
        columns.map((column) => [
          `top_${column.name}`,
          column.unit === "text"
            ? {
                text: known(rows[0]?.[`${column.name}_${state.lang}`])
                  ? rows[0][`${column.name}_${state.lang}`]
                  : known(rows[0]?.[column.name])
                    ? wordOf(column.dimension, rows[0][column.name])
                    : undefined,
                value: null,
              }
            : { value: rows[0]?.[column.name] ?? null, unit: column.unit },
        ]),
      ),
    },
    reason: null,
    isEmpty: !rows.length,
    items: shown.flatMap((row) =>
      columns.filter((column) => isFigure(row, column)).map((column) => itemOf(row, column)),
    ),
    draw: (element) => {
      const opening = (row, column) => {
        if (!isFigure(row, column)) return {};
        const item = itemOf(row, column);
        return {
          tabindex: -1,
          "aria-label": `${item.label}: ${textOf(row, column)}`,
          click: (event) => openBehind(panel, item, event.currentTarget),
        };
      };
      const table = tableOf(columns, shown, wordIn(panel.name) || "", { opening });
      element.append(table);
      walkCells(table.querySelector("table"));
    },
    table: null,
    isProvisional: rows.some((row) => row.is_provisional === true),
  };
};
// The text of a cell.
const textOf = (row, column) => {
  const value = row[`${column.name}_${state.lang}`] ?? row[column.name];
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (!known(value)) return reasonShort(row, column);
  return column.dimension ? wordOf(column.dimension, value) : written(value, column.unit);
};
// A table of rows: numbers to the right, a bar below those that ask for one, links where known.
// `opening` says what a cell has besides.
const tableOf = (columns, rows, name, { most = Infinity, opening = () => ({}) } = {}) => {
  const largest = new Map(
    columns
      .filter((column) => column.has_bar)
      .map((column) => [column.name, Math.max(0, ...rows.map((row) => row[column.name] ?? 0))]),
  );
  const isNumber = (column) => !["text", "date"].includes(column.unit);
  return make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
    make(
      "table",
      { class: "listed" },
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          ...columns.map((column) =>
            make(
              "th",
              { scope: "col", class: isNumber(column) ? "number" : null },
              wordIn(column.label),
            ),
          ),
        ),
      ),
      make(
        "tbody",
        {},
        ...rows.slice(0, most).map((row) =>
          make(
            "tr",
            {
              class: row.is_provisional === true ? "provisional" : null,
            },
            ...columns.map((column, place) => {
              const value = row[`${column.name}_${state.lang}`] ?? row[column.name];
              const text = textOf(row, column);
              const link = column.link && row[column.link];
              const attributes = {
                ...opening(row, column),
                class: isNumber(column) ? "number" : null,
                "data-value": isNumber(column) && known(value) ? String(value) : null,
              };
              if (isNumber(column) && !known(value)) attributes.class += " reason";
              const inside =
                link && /^https?:\/\//.test(link)
                  ? make("a", { href: link, target: "_blank", rel: "noreferrer" }, text)
                  : text;
              const element =
                place === 0
                  ? make("th", { scope: "row", ...attributes }, inside)
                  : make("td", attributes, inside);
              if (column.has_bar && known(value) && largest.get(column.name)) {
                const bar = make("span", { class: "bar", "aria-hidden": "true" });
                bar.style.width = `${Math.max(0, (100 * value) / largest.get(column.name))}%`;
                element.classList.add("with-bar");
                element.append(bar);
              }
              return element;
            }),
          ),
        ),
      ),
    ),
  );
};
// Why a cell is empty: the column `<name>_reason` of its row tells.
const reasonShort = (row, column) =>
  row[`${column.name}_reason`] ? reasonSaid(row[`${column.name}_reason`]) : "–";
