// Marks that pages other than boards have too.
const known = (value) => value !== null && value !== undefined;
const reasonSaid = (reason) => said(words.null_reasons[reason] ?? words.null_reasons.unknown);

const statusOf = (status) => status ?? "none";
const statusChip = (status) =>
  make(
    "span",
    { class: `status ${statusOf(status)}` },
    make("span", { class: "dot", "aria-hidden": "true" }),
    said(words.statuses[statusOf(status)]),
  );

// A line without axes: its words stand beside it, so it is hidden from screen readers.
const sparkline = (values) => {
  const known_ = values.filter(known);
  if (known_.length < 2) return make("div", { class: "spark" });
  const [low, high] = [Math.min(...known_), Math.max(...known_)];
  const x = (place) => 2 + (place * 116) / (values.length - 1);
  const y = (value) => (high === low ? 15 : 27 - (24 * (value - low)) / (high - low));
  let path = "";
  values.forEach((value, place) => {
    if (known(value)) {
      path += `${path && known(values[place - 1]) ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
    }
  });
  const drawing = make(
    "svg",
    { class: "spark", viewBox: "0 0 120 30", "aria-hidden": "true", preserveAspectRatio: "none" },
    make("path", { d: path, "vector-effect": "non-scaling-stroke" }),
  );
  return drawing;
};
