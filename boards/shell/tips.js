// The small box beside the pointer, and the same words for a screen reader.
const tip = document.getElementById("tip");
const saidAloud = document.getElementById("said");

const showTip = (item, x, y) => {
  tip.replaceChildren(
    make("strong", {}, item.label),
    ...item.lines.map(([label, value]) =>
      make("span", { class: "tip-line" }, make("span", {}, label), make("b", {}, value)),
    ),
  );
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const left = x + 14 + box.width > width ? x - 14 - box.width : x + 14;
  tip.style.left = `${Math.max(4, left) + window.scrollX}px`;
  tip.style.top = `${Math.max(4, y - box.height / 2) + window.scrollY}px`;
};
const hideTip = () => {
  tip.hidden = true;
};
const say = (item) => {
  saidAloud.textContent = `${item.label}: ${item.lines.map((line) => line.join(" ")).join(", ")}`;
};
