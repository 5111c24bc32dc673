// What a KPI is made of: {name: parents}, of it and of all behind it that the picture has.
const behindOf = (name, parents) => {
  const behind = {};
  const waiting = [name];
  while (waiting.length) {
    const each = waiting.pop();
    if (each in behind || !(each in parents)) continue;
    behind[each] = parents[each];
    waiting.push(...parents[each]);
  }
  return behind;
};
const partsOf = (kpi) => behindOf(`kpi_${kpi}`, content.parents);
