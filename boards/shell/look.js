// Language and theme: every page has them, and its address keeps them.
const readLook = (given) => {
  state.lang = ["en", "fr"].includes(given.get("lang"))
    ? given.get("lang")
    : navigator.language.startsWith("fr")
      ? "fr"
      : "en";
  state.theme = ["light", "dark"].includes(given.get("theme"))
    ? given.get("theme")
    : window.matchMedia("(prefers-color-scheme: dark)").matches
      ? "dark"
      : "light";
};
const showLook = (title) => {
  document.documentElement.lang = state.lang;
  document.documentElement.dataset.theme = state.theme;
  document.title = title;
};
const lookButtons = (choose) => [
  make(
    "button",
    {
      type: "button",
      class: "plain",
      id: "control-lang",
      lang: state.lang === "en" ? "fr" : "en",
      click: () => choose({ lang: state.lang === "en" ? "fr" : "en" }),
    },
    said(words.controls.language),
  ),
  make(
    "button",
    {
      type: "button",
      class: "plain icon",
      id: "control-theme",
      "aria-label": said(words.controls.theme),
      title: said(words.controls.theme),
      click: () => choose({ theme: state.theme === "dark" ? "light" : "dark" }),
    },
    "◐",
  ),
];

// The address of another page of this folder, in the language and theme that the reader has chosen.
const pageOf = (name, more = {}) =>
  `${name}.html#${new URLSearchParams({ lang: state.lang, theme: state.theme, ...more })}`;

// Links to the start page, the boards and the dictionary; `here` is the name of this page.
const showPages = (element, here) => {
  element.setAttribute("aria-label", said(words.controls.pages));
  element.replaceChildren(
    ...content.pages.map((page) =>
      make(
        "a",
        {
          href: pageOf(page.name),
          "aria-current": page.name === here ? "page" : null,
        },
        wordIn(page.title),
      ),
    ),
  );
};

const asOf = () => {
  const { reporting_date: date, published_at: published } = content.publication;
  return [
    said(words.page.as_of, { date: day(date) }),
    published ? said(words.page.published, { date: day(published) }) : null,
  ].filter(Boolean);
};
