// Charts by ECharts, drawn as SVG: colours and fonts come from the style, words from the shell.
const themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colours = () =>
  Object.fromEntries(
    ["ink", "muted", "line", "card", "accent", "soft", "up", "down", "level", "dim", "dimdown"].map(
      (name) => [name, themed(`--${name}`)],
    ),
  );
const fontOf = () => getComputedStyle(document.body).fontFamily;

const ruler = document.createElement("canvas").getContext("2d");
const breadth = (text, size = 12) => {
  ruler.font = `${size}px ${fontOf()}`;
  return ruler.measureText(text).width;
};

// Provisional marks are hatched.
const hatch = () => ({
  symbol: "rect",
  dashArrayX: [1, 0],
  dashArrayY: [2, 4],
  rotation: -Math.PI / 4,
  color: themed("--hatch"),
});

const valueAxis = (unit, more = {}) => ({
  type: "value",
  splitNumber: 4,
  axisLabel: {
    color: colours().muted,
    fontSize: 11,
    formatter: (value) => onAxis(value, unit),
    hideOverlap: true,
  },
  splitLine: { lineStyle: { color: colours().line } },
  axisLine: { show: false },
  axisTick: { show: false },
  ...more,
});
// Round numbers on an axis have no decimals that say nothing.
const onAxis = (value, unit) => {
  if (unit === "share" || unit === "percent") {
    return formatter({ style: "percent", maximumFractionDigits: 1 }).format(value);
  }
  if (unit === "amount") {
    return withMinus(
      formatter({
        ...money,
        notation: "compact",
        minimumFractionDigits: 0,
        maximumFractionDigits: 1,
      }).format(value),
    );
  }
  return withMinus(formatter({ notation: "compact", maximumFractionDigits: 2 }).format(value));
};
const categoryAxis = (labels, more = {}) => ({
  type: "category",
  data: labels,
  axisTick: { show: false },
  axisLine: { lineStyle: { color: colours().line } },
  axisLabel: { color: colours().muted, fontSize: 11, interval: 0 },
  ...more,
});
// Cuts a label to the room that it has; its table and its tip have all of it.
const cutTo = (text, room, size = 12) => {
  if (breadth(text, size) <= room) return text;
  let cut = text;
  while (cut.length > 1 && breadth(`${cut}…`, size) > room) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
};
// Breaks a label into two lines at most, and cuts the second.
const inLines = (text, room, size = 12) => {
  if (breadth(text, size) <= room) return text;
  const parts = text.split(" ");
  let first = parts.shift();
  while (parts.length && breadth(`${first} ${parts[0]}`, size) <= room)
    first += ` ${parts.shift()}`;
  return parts.length
    ? `${cutTo(first, room, size)}\n${cutTo(parts.join(" "), room, size)}`
    : cutTo(first, room, size);
};
const outside = (at, formatterOfLabel, more = {}) => ({
  show: true,
  position: at,
  color: colours().ink,
  fontSize: 11,
  formatter: formatterOfLabel,
  ...more,
});

// Draws a model into an element. Its items are what pointer and arrow keys go along: one for each
// place of its axis of categories.
const mountChart = (element, model, panel) => {
  const chart = echarts.init(element, null, { renderer: "svg" });
  const draw = () => {
    const option = model.option(element.clientWidth);
    chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: fontOf() },
        backgroundColor: "transparent",
        ...option,
      },
      true,
    );
  };
  draw();
  let at = -1;
  const highlight = (place) => {
    if (at >= 0) chart.dispatchAction({ type: "downplay", dataIndex: at });
    at = place;
    if (at >= 0) chart.dispatchAction({ type: "highlight", dataIndex: at });
  };
  const placeAt = (x, y) => {
    if (!chart.containPixel("grid", [x, y])) return -1;
    const [column, row] = chart.convertFromPixel("grid", [x, y]);
    const place = Math.round(model.isSideways ? row : column);
    return place >= 0 && place < model.items.length ? place : -1;
  };
  const pointed = (event) => {
    // The label beside the axis is part of its item.
    const grid = element.getBoundingClientRect();
    const x = model.isSideways ? Math.max(event.offsetX, model.left + 1) : event.offsetX;
    const place = placeAt(x, event.offsetY);
    if (place !== at) highlight(place);
    if (place < 0) {
      hideTip();
      return;
    }
    element.classList.toggle("opens", opens(panel, model.items[place]));
    showTip(model.items[place], grid.left + event.offsetX, grid.top + event.offsetY);
  };
  chart.getZr().on("mousemove", pointed);
  chart.getZr().on("globalout", () => {
    highlight(-1);
    hideTip();
  });
  chart.getZr().on("click", (event) => {
    pointed(event);
    if (at >= 0) openBehind(panel, model.items[at], element);
  });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      highlight((at + step + model.items.length) % model.items.length);
      const point = chart.convertToPixel("grid", model.isSideways ? [0, at] : [at, 0]);
      const box = element.getBoundingClientRect();
      const [x, y] = model.isSideways ? [box.width / 2, point[1]] : [point[0], box.height / 2];
      showTip(model.items[at], box.left + x, box.top + y);
      say(model.items[at]);
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      openBehind(panel, model.items[at], element);
    } else if (event.key === "Escape") {
      highlight(-1);
      hideTip();
    }
  });
  element.addEventListener("blur", () => {
    highlight(-1);
    hideTip();
  });
  return {
    redraw: () => {
      chart.resize();
      draw();
    },
    dispose: () => chart.dispose(),
  };
};
