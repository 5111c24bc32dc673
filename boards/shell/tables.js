// Rows as a table, and the rows behind a mark.
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
    items: [],
    draw: (element) => element.append(tableOf(columns, shown, wordIn(panel.name) || "")),
    table: null,
    isProvisional: rows.some((row) => row.is_provisional === true),
  };
};
// A table of rows: numbers to the right, a bar below those that ask for one, links where known.
const tableOf = (columns, rows, name, { most = Infinity } = {}) => {
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
              const text =
                typeof value === "boolean"
                  ? value
                    ? "✓"
                    : "–"
                  : column.dimension && known(value)
                    ? wordOf(column.dimension, value)
                    : known(value)
                      ? written(value, column.unit)
                      : reasonShort(row, column);
              const link = column.link && row[column.link];
              const attributes = {
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
