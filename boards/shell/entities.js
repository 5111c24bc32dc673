// The data model: entities in columns, each to the right of those that it refers to.
const readAddress = () => readLook(new URLSearchParams(location.hash.slice(1)));
const choose = (changes) => {
  Object.assign(state, changes);
  history.replaceState(
    null,
    "",
    `#${new URLSearchParams({ lang: state.lang, theme: state.theme })}`,
  );
  const focused = document.activeElement?.id;
  showPage();
  if (focused) document.getElementById(focused)?.focus();
};
const code = (text) => make("code", {}, text);
const counted = (count) => written(count, "count", { exact: true });

const refersSaid = ({ columns, to, named_count: named, missing_count: missing }) =>
  make(
    "li",
    {},
    code(columns.join(", ")),
    ` → ${to}`,
    missing
      ? make(
          "span",
          { class: "muted" },
          ` · ${said(words.entities.missing, { missing: counted(missing), named: counted(named) })}`,
        )
      : null,
  );
const cardOf = (entity) =>
  make(
    "article",
    {
      class: "card entity",
      id: entity.name,
      tabindex: "0",
      "aria-labelledby": `${entity.name}-name`,
    },
    make(
      "h3",
      { id: `${entity.name}-name` },
      make(
        "a",
        { href: `models.html#!/model/model.revops.${entity.name}`, title: entity.description },
        entity.name,
      ),
    ),
    make(
      "p",
      { class: "muted" },
      `${said(words.subjects[entity.subject])} · ${said(words.entities.rows, { count: counted(entity.row_count) })}`,
    ),
    make("p", { class: "key" }, code(entity.key.join(", "))),
    entity.refers.length ? make("ul", {}, ...entity.refers.map(refersSaid)) : null,
    entity.details.length
      ? make(
          "details",
          {},
          make(
            "summary",
            {},
            entity.details.length === 1
              ? said(words.entities.detail)
              : said(words.entities.details, { count: String(entity.details.length) }),
          ),
          make(
            "ul",
            {},
            ...entity.details.map(({ name, key }) =>
              make(
                "li",
                {},
                make("a", { href: `models.html#!/model/model.revops.${name}` }, name),
                make("br"),
                code(key.join(", ")),
              ),
            ),
          ),
        )
      : null,
  );

const showPage = () => {
  showLook(wordIn(content.title));
  document.getElementById("skip").textContent = said(words.entities.skip);
  document.getElementById("title").textContent = wordIn(content.title);
  document.getElementById("question").textContent = said(words.entities.question);
  document.getElementById("as-of").textContent = asOf().join(" · ");
  document.getElementById("controls").replaceChildren(...lookButtons(choose));
  showPages(document.getElementById("pages"), "entities");
  const depths = [...new Set(content.entities.map((entity) => entity.depth))].sort((a, b) => a - b);
  const places = new Map();
  const picture = make(
    "div",
    { class: "picture" },
    ...depths.map((depth) =>
      make(
        "div",
        { class: "layer" },
        make(
          "ul",
          {},
          ...content.entities
            .filter((entity) => entity.depth === depth)
            .map((entity) => {
              const element = cardOf(entity);
              places.set(entity.name, element);
              return make("li", {}, element);
            }),
        ),
      ),
    ),
  );
  document.getElementById("entities").replaceChildren(make("div", { class: "scroll" }, picture));
  const pairs = content.entities.flatMap(({ name, refers }) =>
    [...new Set(refers.map(({ to }) => to))].filter((to) => to !== name).map((to) => [name, to]),
  );
  const draw = () => {
    picture.querySelector(".edges")?.remove();
    lightEdges(
      places,
      drawEdges(picture, places, pairs),
      (name) => (from, to) => from === name || to === name,
    );
  };
  draw();
  for (const each of picture.querySelectorAll("details")) each.addEventListener("toggle", draw);
};
window.addEventListener("hashchange", () => {
  readAddress();
  showPage();
});
readAddress();
showPage();
