// Lines between elements that are laid out already: from the right of one to the left of another.
const drawEdges = (picture, places, pairs) => {
  const frame = picture.getBoundingClientRect();
  const at = (name) => places.get(name).getBoundingClientRect();
  const lines = pairs.map(([name, parent]) => {
    const [from, to] = [at(name), at(parent)];
    const isBack = to.left < from.left;
    const x1 = (isBack ? from.left : from.right) - frame.left;
    const x2 = (isBack ? to.right : to.left) - frame.left;
    const [y1, y2] = [from, to].map((each) => each.top + Math.min(each.height / 2, 20) - frame.top);
    const bend = (isBack ? -1 : 1) * Math.max(18, Math.abs(x2 - x1) / 2);
    return make("path", {
      d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      "data-from": name,
      "data-to": parent,
    });
  });
  picture.prepend(
    make(
      "svg",
      { class: "edges", width: frame.width, height: frame.height, "aria-hidden": "true" },
      ...lines,
    ),
  );
  return lines;
};
// Whoever points at an element sees its lines; `lit` says which ones, by its name.
const lightEdges = (places, lines, lit) => {
  for (const [name, element] of places) {
    const light = (isOn) => () => {
      const isLit = isOn ? lit(name) : () => false;
      for (const line of lines)
        line.classList.toggle("lit", isLit(line.dataset.from, line.dataset.to));
    };
    for (const event of ["mouseenter", "focusin"]) element.addEventListener(event, light(true));
    for (const event of ["mouseleave", "focusout"]) element.addEventListener(event, light(false));
  }
};
