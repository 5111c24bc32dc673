// All that the reader chooses: period, cut, language, theme. The address keeps it.
const GRAINS = ["month", "quarter", "year"];
const grainsHere = () => GRAINS.filter((grain) => periodsOf(grain).length);

// Takes only what this page has: an address may be of another day.
const settle = () => {
  if (!grainsHere().includes(state.grain)) state.grain = grainsHere()[0];
  const periods = periodsOf(state.grain);
  if (!periods.some((period) => period.start === state.period)) {
    const whole = periods.filter((period) => period.is_latest_whole)[0];
    state.period = (whole ?? periods.at(-1)).start;
  }
  if (state.cut !== "all") {
    const { dimension, segment } = chosenCut();
    if (!cutOf(dimension)?.segments.some((each) => each.segment === segment)) state.cut = "all";
  }
};
const readAddress = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  readLook(given);
  state.grain = given.get("grain") ?? content.grain;
  state.period = given.get("period");
  state.cut = given.get("cut") ?? "all";
  settle();
};
const addressOf = () => {
  const latest = periodsOf(state.grain).find((period) => period.is_latest_whole)?.start;
  const kept = {
    grain: state.grain,
    ...(state.period === latest ? {} : { period: state.period }),
    ...(state.cut === "all" ? {} : { cut: state.cut }),
    lang: state.lang,
    theme: state.theme,
  };
  return `#${new URLSearchParams(kept)}`;
};
const choose = (changes) => {
  Object.assign(state, changes);
  settle();
  history.replaceState(null, "", addressOf());
  const focused = document.activeElement?.id;
  showPage();
  if (focused) document.getElementById(focused)?.focus();
};

const showControls = () => {
  const select = (name, label, options, chosen) =>
    make(
      "label",
      { class: "control" },
      make("span", {}, label),
      make(
        "select",
        { id: `control-${name}`, change: (event) => choose({ [name]: event.target.value }) },
        ...options(chosen),
      ),
    );
  const option = (value, text, chosen) =>
    make("option", { value, selected: value === chosen }, text);
  document.getElementById("controls").replaceChildren(
    make(
      "fieldset",
      { class: "grains" },
      make("legend", { class: "unseen" }, said(words.controls.grain)),
      ...grainsHere().map((grain) =>
        make(
          "button",
          {
            type: "button",
            id: `control-grain-${grain}`,
            "aria-pressed": String(grain === state.grain),
            click: () => choose({ grain, period: null }),
          },
          said(words.grains[grain]),
        ),
      ),
    ),
    select(
      "period",
      said(words.controls.grain),
      (chosen) =>
        [...periodsOf(state.grain)]
          .reverse()
          .map((period) =>
            option(
              period.start,
              periodWritten(period.start, state.grain) +
                (period.is_over ? "" : ` (${said(words.page.running)})`),
              chosen,
            ),
          ),
      state.period,
    ),
    ...(content.cuts.length
      ? [
          select(
            "cut",
            said(words.controls.cut),
            (chosen) => [
              option("all", said(words.controls.all), chosen),
              ...content.cuts.map((cut) =>
                make(
                  "optgroup",
                  { label: dimensionSaid(cut.dimension) },
                  ...cut.segments.map((each) =>
                    option(`${cut.dimension}:${each.segment}`, wordIn(each), chosen),
                  ),
                ),
              ),
            ],
            state.cut,
          ),
        ]
      : []),
    ...lookButtons(choose),
    make(
      "button",
      { type: "button", class: "plain", id: "control-print", click: () => window.print() },
      said(words.controls.print),
    ),
  );
};
