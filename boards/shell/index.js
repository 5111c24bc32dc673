// The start page: what each of three readers opens first.
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

// A page that nobody has written yet is no link: the command that writes it stands there.
const entry = ({ name, file, command, title, about }) => {
  const parts = [make("strong", {}, wordIn(title)), make("span", {}, wordIn(about))];
  if (command) {
    return make(
      "li",
      {},
      make(
        "div",
        { class: "card link missing", "data-page": name },
        ...parts,
        make("span", {}, said(words.start.missing, { command })),
      ),
    );
  }
  const address = file.endsWith(".html") && name !== "models" ? pageOf(name) : file;
  return make(
    "li",
    {},
    make("a", { class: "card link", href: address, "data-page": name }, ...parts),
  );
};

const showPage = () => {
  showLook(said(words.start.title));
  document.getElementById("title").textContent = said(words.start.title);
  document.getElementById("question").textContent = said(words.start.question);
  document.getElementById("as-of").textContent = asOf().join(" · ");
  document.getElementById("controls").replaceChildren(...lookButtons(choose));
  document.getElementById("readers").replaceChildren(
    ...content.readers.map(({ reader, pages }) =>
      make(
        "section",
        {
          class: `reader of-${reader}`,
          "aria-labelledby": `reader-${reader}`,
        },
        make("h2", { id: `reader-${reader}` }, said(words.start.readers[reader].name)),
        make("p", { class: "question" }, said(words.start.readers[reader].does)),
        make("ul", { class: "boards" }, ...pages.map(entry)),
      ),
    ),
  );
};
window.addEventListener("hashchange", () => {
  readAddress();
  showPage();
});
readAddress();
showPage();
