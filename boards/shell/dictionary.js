// The dictionary: every KPI, found by any of its words in either language.
const GRAINS = ["month", "quarter", "year"];
const SUBJECTS = ["marketing", "sales", "revenue", "customers", "costs"];
const LAYERS = ["kpis", "aggregates", "marts", "inputs"];
const byKpi = new Map(content.kpis.map((kpi) => [kpi.kpi, kpi]));
Object.assign(state, { q: "", team: "", subject: "" });

// -- what is found -----------------------------------------------------------------------------------

// Letters without accents and signs: "Taux de conversion" is found by "conversion", "équipe" by "equipe".
const folded = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[’']/g, " ")
    .replace(/\s+/g, " ");
for (const kpi of content.kpis) {
  const called = [kpi.name.en, kpi.name.fr, kpi.kpi];
  const variants = kpi.variants.flatMap((each) => [each.variant, each.label.en, each.label.fr]);
  const said_ = [
    kpi.description.en,
    kpi.description.fr,
    ...kpi.variants.flatMap((each) => [each.formula.en, each.formula.fr]),
    ...Object.keys(partsOf(kpi.kpi)),
    ...kpi.inputs.filter((each) => each.is_needed).map((each) => each.table_name),
  ];
  // By its name, by those of its variants, by what is said of it: in this order it is shown.
  kpi.texts = [called, [...called, ...variants], [...called, ...variants, ...said_]].map((texts) =>
    folded(texts.join(" ")),
  );
}
// Those with all words of the search.
const found = () => {
  const asked = folded(state.q).split(/[ _]/).filter(Boolean);
  const rank = (kpi) => kpi.texts.findIndex((text) => asked.every((word) => text.includes(word)));
  return content.kpis
    .filter(
      (kpi) =>
        (!state.team || kpi.team === state.team) &&
        (!state.subject || kpi.subject === state.subject) &&
        rank(kpi) >= 0,
    )
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        SUBJECTS.indexOf(a.subject) - SUBJECTS.indexOf(b.subject) ||
        wordIn(a.name).localeCompare(wordIn(b.name), state.lang),
    );
};

// -- figures -----------------------------------------------------------------------------------------

const latestPlace = (grain) => content.periods[grain].findIndex((period) => period.is_latest_whole);

// The figure of the latest whole period; of a KPI that only looks ahead, that of the running one.
const figureOf = (variant, grain) => {
  const figures = variant.figures[grain];
  if (!figures) return null;
  let place = latestPlace(grain);
  if (figures.reasons[place] === "period_over") {
    place = figures.values.findIndex((value, at) => at > place && known(value));
    if (place < 0) place = latestPlace(grain);
  }
  return {
    place,
    value: figures.values[place],
    start: content.periods[grain][place].start,
    reason: figures.reasons[place] ?? null,
    isProvisional: figures.provisional.includes(place),
    values: figures.values.slice(0, place + 1),
  };
};
const unitOf = (kpi, variant) =>
  variant.unit === "ratio" ? (kpi.unit ?? variant.unit) : variant.unit;
const figureSaid = (figure, unit) => {
  if (!figure) return "–";
  return known(figure.value) ? written(figure.value, unit) : reasonSaid(figure.reason);
};

const nowOf = (kpi) => {
  const [variant] = kpi.variants;
  const figure = figureOf(variant, state.grain);
  if (!figure) {
    return make(
      "div",
      { class: "now" },
      make("p", { class: "value" }, said(words.page.no_figure)),
      make("p", { class: "when" }, `${said(words.all_grains[state.grain])}: –`),
    );
  }
  const judged = figure.place === latestPlace(state.grain) ? kpi.judged[state.grain] : null;
  const unit = unitOf(kpi, variant);
  return make(
    "div",
    { class: `now${figure.isProvisional ? " provisional" : ""}` },
    make(
      "p",
      { class: "value", "data-value": known(figure.value) ? String(figure.value) : null },
      known(figure.value) ? written(figure.value, unit) : said(words.page.no_figure),
    ),
    make(
      "p",
      { class: "when" },
      periodWritten(figure.start, state.grain),
      ...(known(figure.value) ? [] : [` · ${reasonSaid(figure.reason)}`]),
    ),
    make(
      "p",
      { class: "judged" },
      known(judged?.status) ? statusChip(judged.status) : null,
      known(judged?.target)
        ? make(
            "span",
            { "data-target": String(judged.target) },
            `${said(words.page.target)} ${written(judged.target, unit)}`,
          )
        : null,
      figure.isProvisional ? make("span", { class: "flag" }, said(words.page.provisional)) : null,
    ),
    sparkline(figure.values),
  );
};

// -- facts -------------------------------------------------------------------------------------------

const listed = (items) => items.flatMap((item, place) => (place ? [", ", item] : [item]));
const code = (text) => make("code", {}, text);
const modelLink = (name) =>
  make(
    "a",
    {
      href: `models.html#!/${content.layers[name] === "reference" ? "seed/seed" : "model/model"}.revops.${name}`,
    },
    code(name),
  );

const targetSaid = (kpi, target) => {
  const variant = kpi.variants.find((each) => each.variant === target.variant);
  const unit = unitOf(kpi, variant);
  return make(
    "li",
    {},
    make("b", {}, written(target.target, unit)),
    ` · ${target.grains.map((grain) => said(words.all_grains[grain])).join(", ")}`,
    target.valid_from === "1990-01-01"
      ? ""
      : ` · ${said(words.dictionary.since, { date: day(target.valid_from) })}`,
    known(target.watch_level)
      ? ` · ${said(words.dictionary.watch, { value: written(target.watch_level, unit) })}`
      : "",
    target.dimension === "all"
      ? ""
      : ` · ${wordIn(content.dimensions[target.dimension])} ${target.segment}`,
    target.variant === kpi.variants[0].variant ? "" : ` · ${wordIn(variant.label)}`,
  );
};

const inputSaid = (input) =>
  make(
    "span",
    { class: "input" },
    code(input.table_name),
    make(
      "span",
      { class: "muted" },
      [
        ` ${said(words.dictionary.rows, { count: written(input.row_count, "count", { exact: true }) })}`,
        input.as_of ? said(words.dictionary.until, { date: written(input.as_of, "date") }) : null,
      ]
        .filter(Boolean)
        .join(" "),
    ),
    input.is_stale ? make("span", { class: "flag" }, said(words.dictionary.stale)) : null,
  );

const cutsSaid = (kpi) =>
  kpi.cuts.length
    ? make(
        "ul",
        { class: "inline" },
        ...kpi.cuts.map(({ cut, means }) =>
          make(
            "li",
            {
              title: means ? wordIn(means) : null,
            },
            wordIn(content.dimensions[cut]) || cut,
          ),
        ),
      )
    : said(words.dictionary.no_cuts);

const colon = () => (state.lang === "fr" ? "\u00a0: " : ": ");
const meaningsOf = (kpi) =>
  kpi.cuts
    .filter(({ means }) => means)
    .map(({ cut, means }) =>
      make(
        "p",
        { class: "muted" },
        `${wordIn(content.dimensions[cut]) || cut}${colon()}${wordIn(means)}`,
      ),
    );

const variantsOf = (kpi) =>
  make(
    "div",
    { class: "scroll" },
    make(
      "table",
      { class: "listed variants" },
      make(
        "thead",
        {},
        make(
          "tr",
          {},
          make(
            "th",
            { scope: "col" },
            said(kpi.variants.length > 1 ? words.dictionary.variants : words.dictionary.variant),
          ),
          make("th", { scope: "col" }, said(words.dictionary.formula)),
          make("th", { scope: "col", class: "number" }, said(words.page.value)),
        ),
      ),
      make(
        "tbody",
        {},
        ...kpi.variants.map((variant, place) => {
          const figure = figureOf(variant, state.grain);
          const unit = unitOf(kpi, variant);
          return make(
            "tr",
            {
              "data-variant": variant.variant,
              class: figure?.isProvisional ? "provisional" : null,
            },
            make(
              "th",
              { scope: "row" },
              wordIn(variant.label),
              " ",
              place === 0 && kpi.variants.length > 1
                ? make("span", { class: "chip" }, said(words.dictionary.default))
                : null,
              make("br"),
              code(variant.variant),
            ),
            make(
              "td",
              { class: "formula" },
              wordIn(variant.formula),
              variant.when ? make("p", { class: "when" }, wordIn(variant.when)) : null,
              variant.needs.join() === kpi.variants[0].needs.join()
                ? null
                : make(
                    "p",
                    { class: "muted" },
                    said(words.dictionary.needs_of, {
                      tables: variant.needs
                        .map((each) => each.replace(" or ", ` ${said(words.dictionary.or)} `))
                        .join(", "),
                    }),
                  ),
            ),
            make(
              "td",
              {
                class: `number${known(figure?.value) ? "" : " reason"}`,
                "data-value": known(figure?.value) ? String(figure.value) : null,
              },
              figureSaid(figure, unit),
            ),
          );
        }),
      ),
    ),
  );

const factsOf = (kpi) => {
  const [first] = kpi.variants;
  const needed = kpi.inputs.filter((input) => input.is_needed);
  const others = kpi.inputs.filter((input) => !input.is_needed);
  const marts = Object.keys(partsOf(kpi.kpi))
    .filter((name) => content.layers[name] === "marts")
    .sort();
  const units = [...new Set(kpi.variants.map((variant) => unitOf(kpi, variant)))];
  const line = (name, ...value) => [make("dt", {}, name), make("dd", {}, ...value)];
  return make(
    "dl",
    { class: "facts" },
    ...line(said(words.dictionary.unit), units.map((unit) => said(words.units[unit])).join(", ")),
    ...line(said(words.dictionary.direction), said(words.directions[first.direction])),
    ...line(said(words.dictionary.adds_up), said(words.value_types[first.value_type])),
    ...line(
      said(words.dictionary.target),
      kpi.targets.length
        ? make("ul", {}, ...kpi.targets.map((target) => targetSaid(kpi, target)))
        : said(words.dictionary.no_target),
    ),
    ...line(said(words.dictionary.owner), said(words.teams[kpi.team])),
    ...line(
      said(words.dictionary.scorecard),
      `${said(words.perspectives[kpi.perspective])} · ${said(words.lead_or_lag[kpi.lead_or_lag])}`,
    ),
    ...line(
      said(words.dictionary.periods),
      kpi.grains.map((grain) => said(words.all_grains[grain])).join(", "),
    ),
    ...line(said(words.dictionary.cuts), cutsSaid(kpi), ...meaningsOf(kpi)),
    ...(needed.length
      ? line(
          said(words.dictionary.needs),
          ...listed(needed.map(inputSaid)),
          make(
            "span",
            { class: "muted" },
            ` (${said(words.dictionary.needs_note)}). `,
            others.length > 1
              ? said(words.dictionary.reads, { count: String(others.length) })
              : others.length
                ? said(words.dictionary.reads_one)
                : "",
          ),
        )
      : []),
    ...(marts.length ? line(said(words.dictionary.marts), ...listed(marts.map(modelLink))) : []),
  );
};

// -- what it is made of ------------------------------------------------------------------------------

const drawMadeOf = (kpi, element) => {
  const view = `kpi_${kpi.kpi}`;
  const parts = partsOf(kpi.kpi);
  const needed = new Set(
    kpi.inputs.filter((input) => input.is_needed).map((input) => `input_${input.table_name}`),
  );
  const names = [...new Set([...Object.keys(parts), ...Object.values(parts).flat()])];
  const order = (name) => (needed.has(name) ? 0 : content.layers[name] === "reference" ? 2 : 1);
  const layers = LAYERS.map((layer) => [
    layer,
    names
      .filter(
        (name) =>
          name !== view &&
          (content.layers[name] === layer ||
            (layer === "inputs" && content.layers[name] === "reference")),
      )
      .sort((a, b) => order(a) - order(b) || a.localeCompare(b)),
  ]);
  const places = new Map();
  const item = (name) => {
    const isInput = ["inputs", "reference"].includes(content.layers[name]);
    const link = make(
      "a",
      {
        href: modelLink(name).getAttribute("href"),
        "data-name": name,
        class: `part of-${content.layers[name]}${isInput && !needed.has(name) ? " unneeded" : ""}`,
      },
      name.replace(/^input_/, ""),
    );
    places.set(name, link);
    return make("li", {}, link);
  };
  const columns = [["self", [view]], ...layers].filter(([, each]) => each.length);
  const picture = make(
    "div",
    { class: "picture" },
    ...columns.map(([layer, each]) =>
      make(
        "div",
        { class: "layer" },
        make("h4", {}, said(words.layers[layer])),
        make("ul", {}, ...each.map(item)),
      ),
    ),
  );
  element.replaceChildren(
    make("p", { class: "muted" }, said(words.dictionary.made_of_note)),
    make("div", { class: "scroll" }, picture),
  );
  const pairs = Object.entries(parts).flatMap(([name, parents]) =>
    parents.map((parent) => [name, parent]),
  );
  lightEdges(places, drawEdges(picture, places, pairs), (name) => {
    const behind = behindOf(name, parts);
    return (from, to) => from in behind || to === name;
  });
};

// -- the page ----------------------------------------------------------------------------------------

const card = (kpi) =>
  make(
    "article",
    { class: "card kpi", id: kpi.kpi, "aria-labelledby": `${kpi.kpi}-name` },
    make(
      "div",
      { class: "kpi-head" },
      make(
        "div",
        {},
        make(
          "h2",
          { id: `${kpi.kpi}-name` },
          wordIn(kpi.name),
          " ",
          code(kpi.kpi),
          make(
            "a",
            {
              class: "anchor",
              href: `#${kpi.kpi}`,
              "aria-label": said(words.dictionary.link, { name: wordIn(kpi.name) }),
              click: (event) => {
                event.preventDefault();
                open(kpi.kpi);
              },
            },
            "#",
          ),
        ),
        make("p", { class: "definition" }, wordIn(kpi.description)),
      ),
      nowOf(kpi),
    ),
    variantsOf(kpi),
    factsOf(kpi),
    kpi.subject
      ? make(
          "details",
          {
            toggle: (event) => {
              if (event.target.open) drawMadeOf(kpi, event.target.lastElementChild);
            },
          },
          make("summary", {}, said(words.dictionary.made_of)),
          make("div", {}),
        )
      : make("p", { class: "muted" }, said(words.dictionary.planned)),
    kpi.subject
      ? make(
          "p",
          { class: "links" },
          make(
            "a",
            { href: `models.html#!/model/model.revops.kpi_${kpi.kpi}` },
            said(words.dictionary.sql),
          ),
        )
      : null,
  );

const open = (kpi) => {
  if (!found().includes(byKpi.get(kpi))) Object.assign(state, { q: "", team: "", subject: "" });
  choose({ kpi });
  document.getElementById(kpi).scrollIntoView();
};

const readAddress = () => {
  const text = decodeURIComponent(location.hash.slice(1));
  // `#win_rate` is the anchor of a KPI; everything else is what the reader has chosen.
  const given = byKpi.has(text)
    ? new URLSearchParams({ kpi: text })
    : new URLSearchParams(location.hash.slice(1));
  if (!byKpi.has(text) || !state.hasLook) readLook(given);
  state.hasLook = true;
  const allowed = (name, list) => (list.includes(given.get(name)) ? given.get(name) : null);
  state.grain = allowed("grain", GRAINS) ?? content.grain;
  state.team = allowed("team", Object.keys(words.teams)) ?? "";
  state.subject = allowed("subject", SUBJECTS) ?? "";
  state.q = given.get("q") ?? "";
  state.kpi = byKpi.has(given.get("kpi")) ? given.get("kpi") : null;
};
const addressOf = () => {
  const kept = {
    q: state.q,
    team: state.team,
    subject: state.subject,
    kpi: state.kpi,
    grain: state.grain === content.grain ? "" : state.grain,
    lang: state.lang,
    theme: state.theme,
  };
  return `#${new URLSearchParams(Object.entries(kept).filter(([, value]) => value))}`;
};
const choose = (changes) => {
  Object.assign(state, changes);
  history.replaceState(null, "", addressOf());
  const focused = document.activeElement?.id;
  showPage();
  if (focused) document.getElementById(focused)?.focus();
};

const showControls = () => {
  document.getElementById("controls").replaceChildren(
    make(
      "fieldset",
      { class: "grains" },
      make("legend", { class: "unseen" }, said(words.controls.grain)),
      ...GRAINS.map((grain) =>
        make(
          "button",
          {
            type: "button",
            id: `control-grain-${grain}`,
            "aria-pressed": String(grain === state.grain),
            click: () => choose({ grain }),
          },
          said(words.grains[grain]),
        ),
      ),
    ),
    ...lookButtons(choose),
  );
  const select = (name, label, all, options) =>
    make(
      "label",
      { class: "control" },
      make("span", {}, label),
      make(
        "select",
        {
          id: `control-${name}`,
          change: (event) => choose({ [name]: event.target.value, kpi: null }),
        },
        make("option", { value: "" }, all),
        ...options.map((value) =>
          make(
            "option",
            { value, selected: value === state[name] },
            said(words[`${name}s`][value]),
          ),
        ),
      ),
    );
  const search = document.getElementById("search");
  // The field stays the same element, so that the reader can go on writing.
  const field =
    document.getElementById("control-q") ??
    make("input", {
      id: "control-q",
      type: "search",
      autocomplete: "off",
      spellcheck: "false",
      input: (event) => {
        state.q = event.target.value;
        state.kpi = null;
        history.replaceState(null, "", addressOf());
        showFound();
      },
    });
  field.setAttribute("aria-label", said(words.dictionary.search));
  field.setAttribute(
    "placeholder",
    `${said(words.dictionary.search)} · ${said(words.dictionary.hint)}`,
  );
  if (field.value !== state.q) field.value = state.q;
  if (!field.isConnected) search.append(field);
  while (search.lastChild !== field) search.lastChild.remove();
  search.append(
    select(
      "team",
      said(words.dictionary.team),
      said(words.dictionary.all_teams),
      Object.keys(words.teams),
    ),
    select(
      "subject",
      said(words.dictionary.subject),
      said(words.dictionary.all_subjects),
      SUBJECTS,
    ),
  );
};

const showFound = () => {
  const kpis = found();
  const text =
    kpis.length === 0
      ? said(words.dictionary.found_none)
      : kpis.length === 1
        ? said(words.dictionary.found_one)
        : said(words.dictionary.found, { count: String(kpis.length) });
  document.getElementById("found").replaceChildren(
    text,
    ...(kpis.length === content.kpis.length
      ? []
      : [
          " ",
          make(
            "button",
            {
              type: "button",
              class: "switch",
              id: "control-clear",
              click: () => choose({ q: "", team: "", subject: "", kpi: null }),
            },
            said(words.dictionary.clear),
          ),
        ]),
  );
  document.getElementById("list").setAttribute("aria-label", said(words.dictionary.list));
  document.getElementById("list").replaceChildren(
    ...SUBJECTS.flatMap((subject) => {
      const here = kpis.filter((kpi) => (kpi.subject ?? SUBJECTS[0]) === subject);
      return here.length
        ? [
            make("h2", {}, said(words.subjects[subject])),
            make(
              "ul",
              {},
              ...here.map((kpi) =>
                make(
                  "li",
                  {},
                  make(
                    "a",
                    {
                      href: `#${kpi.kpi}`,
                      "aria-current": kpi.kpi === state.kpi ? "true" : null,
                      click: (event) => {
                        event.preventDefault();
                        open(kpi.kpi);
                      },
                    },
                    wordIn(kpi.name),
                  ),
                ),
              ),
            ),
          ]
        : [];
    }),
  );
  document.getElementById("kpis").replaceChildren(...kpis.map(card));
};

const showPage = () => {
  showLook(wordIn(content.title));
  document.getElementById("skip").textContent = said(words.dictionary.skip);
  document.getElementById("title").textContent = wordIn(content.title);
  document.getElementById("question").textContent = wordIn(words.dictionary.question);
  document.getElementById("as-of").textContent = asOf().join(" · ");
  showPages(document.getElementById("pages"), "dictionary");
  showControls();
  showFound();
};

const jump = () => {
  if (state.kpi) document.getElementById(state.kpi)?.scrollIntoView();
};
window.addEventListener("hashchange", () => {
  readAddress();
  showPage();
  jump();
});
readAddress();
showPage();
jump();
// For tests.
window.dictionary = { state, content, choose, found, partsOf };
