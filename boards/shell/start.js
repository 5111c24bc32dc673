// The page's content, what its reader has chosen, and how elements are made.
const content = JSON.parse(document.getElementById("content").textContent);
const words = content.words;
const state = { grain: content.grain, period: null, cut: "all", lang: "en", theme: "light" };

// Returns the word of this language; places in braces are filled from `parts`.
const said = (word, parts = {}) =>
  word[state.lang].replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);

// Returns an element. Functions listen, null attributes are left out. A policy forbids
// style attributes: what depends on figures is set on `element.style` by its caller.
const make = (tag, attributes = {}, ...children) => {
  const element =
    tag === "svg" || tag === "path"
      ? document.createElementNS("http://www.w3.org/2000/svg", tag)
      : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const lower = (text) => text.toLocaleLowerCase(state.lang);
const wordIn = (label) => (label ? (label[state.lang] ?? label.en) : "");
