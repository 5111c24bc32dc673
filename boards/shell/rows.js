// Places from the steps between them.
const running = (steps) => {
  let at = 0;
  return steps.map((step) => (at += step));
};
// Rows of a panel, kept as columns, and which of them the reader has chosen.
class Rows {
  constructor(packed) {
    this.count = packed.count;
    this.columns = packed.columns;
    for (const column of Object.values(this.columns)) {
      if (column.steps) column.values = running(column.steps);
    }
    this.indexes = new Map();
  }

  has(name) {
    return name in this.columns;
  }

  get(name, place) {
    const column = this.columns[name];
    if (!column) return null;
    if (column.numbers) return column.numbers[place];
    if (column.values) return column.values[place];
    const at = column.places[place];
    return at < 0 ? null : column.texts[at];
  }

  // Returns one row as an object.
  row(place) {
    return Object.fromEntries(
      Object.keys(this.columns).map((name) => [name, this.get(name, place)]),
    );
  }

  // Returns the places of the rows that equal `wanted`, by an index of these columns.
  placesWhere(wanted) {
    const names = Object.keys(wanted);
    if (!names.length) return [...Array(this.count).keys()];
    const key = names.join("\n");
    if (!this.indexes.has(key)) {
      const index = new Map();
      for (let place = 0; place < this.count; place += 1) {
        const values = names.map((name) => this.get(name, place)).join("\n");
        if (!index.has(values)) index.set(values, []);
        index.get(values).push(place);
      }
      this.indexes.set(key, index);
    }
    return this.indexes.get(key).get(names.map((name) => wanted[name]).join("\n")) ?? [];
  }

  // Returns the rows that equal `wanted`.
  where(wanted) {
    return this.placesWhere(wanted).map((place) => this.row(place));
  }
}

const periodsOf = (grain) => content.periods.filter((period) => period.grain === grain);
const chosenPeriod = () =>
  content.periods.find((each) => each.grain === state.grain && each.start === state.period);
const chosenCut = () => {
  if (state.cut === "all") return { dimension: "all", segment: "all" };
  const place = state.cut.indexOf(":");
  return { dimension: state.cut.slice(0, place), segment: state.cut.slice(place + 1) };
};
const cutOf = (dimension) => content.cuts.find((cut) => cut.dimension === dimension);
const dimensionSaid = (dimension) => wordIn(cutOf(dimension)?.label) || dimension;
// The words of a segment; one that has none is its own word.
const wordOf = (dimension, segment) => {
  const known_ = content.segments[dimension]?.[segment];
  return known_ ? wordIn(known_) : segment;
};
const segmentSaid = () => {
  const { dimension, segment } = chosenCut();
  return dimension === "all" ? said(words.page.total) : wordOf(dimension, segment);
};
