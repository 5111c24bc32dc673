// The page as a whole.
for (const panel of content.panels) {
  panel.rows = new Rows(panel.rows);
  if (panel.behind) panel.behind.rows = new Rows(panel.behind.rows);
  panel.element = make("section", {
    class: `panel card width-${panel.width} of-${panel.type}`,
    id: panel.id,
    "aria-labelledby": `${panel.id}-title`,
  });
  document.getElementById("panels").append(panel.element);
}

const showPage = () => {
  showLook(wordIn(content.title));
  document.getElementById("skip").textContent = said(words.page.skip);
  document.getElementById("title").textContent = wordIn(content.title);
  document.getElementById("question").textContent = wordIn(content.question);
  document.getElementById("as-of").textContent = [
    ...asOf(),
    ...content.cuts
      .filter(
        (cut) =>
          cut.note &&
          cut.dimension === (chosenCut().dimension === "all" ? "team" : chosenCut().dimension),
      )
      .map((cut) => wordIn(cut.note)),
  ].join(" · ");
  showPages(document.getElementById("pages"), content.board);
  showControls();
  showPanels(content.panels);
};

// A chart has the width of its panel: on another one it is drawn anew.
let width = document.documentElement.clientWidth;
let waiting = null;
window.addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  clearTimeout(waiting);
  waiting = setTimeout(() => showPanels(content.panels), 80);
});
window.addEventListener("hashchange", () => {
  readAddress();
  showPage();
});
// Paper is white and has a width of its own: the charts are drawn for it while it is printed.
let screenTheme = null;
const turn = (isPrinting) => {
  if (isPrinting === (screenTheme !== null)) return;
  document.documentElement.classList.toggle("printing", isPrinting);
  if (isPrinting) [screenTheme, state.theme] = [state.theme, "light"];
  else [state.theme, screenTheme] = [screenTheme, null];
  showPage();
};
window.addEventListener("beforeprint", () => turn(true));
window.addEventListener("afterprint", () => turn(false));
window.matchMedia("print").addEventListener("change", (event) => turn(event.matches));

readAddress();
showPage();
// For tests: the state, the panels with their models, and how titles and rows are found.
window.board = { state, content, choose, rowsBehind, partsBehind, titled, written };
