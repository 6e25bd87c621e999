// The figure of the body: one tab stop, arrow keys go to the nearest place in that direction, Enter or a click chooses it.
// What is marked is told to it; it draws strength by colour, changed feeling by hatching, and a number on each place.

const SVG = "http://www.w3.org/2000/svg";
const STEP = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** 1 to 3 for what hurts or tightens, by its intensity; 0 for changed feeling. */
const levelOf = ({ kind, intensity }) => {
  if (kind === "numbness" || kind === "tingling") return 0;
  const strength = intensity === "" ? 1 : Number(intensity);
  return strength >= 7 ? 3 : strength >= 4 ? 2 : 1;
};

export function bodyChart(svg, choose) {
  const places = [...svg.querySelectorAll("[data-region]")];
  const of = new Map(places.map((place) => [place.dataset.region, place]));
  const centre = (place) => {
    const box = place.getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };

  function focusOn(place) {
    for (const each of places) each.setAttribute("tabindex", each === place ? "0" : "-1");
    place.focus();
  }

  svg.addEventListener("click", (event) => {
    const place = event.target.closest("[data-region]");
    if (!place) return;
    focusOn(place);
    choose(place.dataset.region, { byKey: false });
  });
  svg.addEventListener("keydown", (event) => {
    const place = event.target.closest("[data-region]");
    if (!place || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(place.dataset.region, { byKey: true });
      return;
    }
    const way = STEP[event.key];
    if (!way) return;
    event.preventDefault();
    const [x, y] = centre(place);
    let nearest = null;
    let least = Infinity;
    for (const other of places) {
      if (other === place) continue;
      const [ox, oy] = centre(other);
      const along = (ox - x) * way[0] + (oy - y) * way[1];
      const across = Math.abs((ox - x) * way[1]) + Math.abs((oy - y) * way[0]);
      if (along > 1 && along + across * 2.5 < least) [nearest, least] = [other, along + across * 2.5];
    }
    if (nearest) focusOn(nearest);
  });

  return {
    focus: (region) => of.has(region) && focusOn(of.get(region)),

    /** Draw marks: {region, kind, intensity, number}. `current` is the region that is being described. */
    draw(marks, current) {
      const hatches = svg.querySelector("[data-hatches]");
      const tags = svg.querySelector("[data-tags]");
      hatches.replaceChildren();
      tags.replaceChildren();
      for (const place of places) {
        const here = marks.filter((mark) => mark.region === place.dataset.region);
        const level = Math.max(0, ...here.map(levelOf));
        place.toggleAttribute("data-level", level > 0);
        if (level) place.dataset.level = level;
        place.setAttribute("aria-pressed", String(here.length > 0));
        place.toggleAttribute("aria-current", place.dataset.region === current);
        if (place.dataset.region === current) place.setAttribute("aria-current", "true");
        const felt = here.find((mark) => mark.kind === "numbness" || mark.kind === "tingling");
        if (felt) {
          const hatch = document.createElementNS(SVG, "use");
          hatch.setAttribute("href", place.getAttribute("href"));
          hatch.setAttribute("class", "bc-hatch");
          hatch.dataset.hatch = felt.kind;
          hatches.append(hatch);
        }
        if (here.length) tags.append(...tag(centre(place), here.map((mark) => mark.number).join("·")));
      }
    },
  };
}

function tag([x, y], said) {
  const circle = document.createElementNS(SVG, "circle");
  for (const [key, value] of [["class", "bc-tag"], ["cx", x], ["cy", y], ["r", said.length > 2 ? 15 : 11]]) circle.setAttribute(key, value);
  const text = document.createElementNS(SVG, "text");
  for (const [key, value] of [["class", "bc-tag-t"], ["x", x], ["y", y + 4.6]]) text.setAttribute(key, value);
  text.textContent = said;
  return [circle, text];
}
