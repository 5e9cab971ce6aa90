// ---- the filter

const filter = document.getElementById("filter");
if (filter) {
  const qubits = filter.querySelector("input[type=text]"), levels = [...filter.querySelectorAll("input[type=checkbox]")];
  const told = filter.querySelector("output"), rows = [...document.querySelectorAll("[data-qubits]")];
  const wanted = text => {
    const found = new Set();
    for (const [, first, last] of text.matchAll(/(\d+)(?:\s*(?:-|–|to)\s*(\d+))?/g))
      for (let i = +first; i <= Math.min(+(last ?? first), +first + 9999); i++) found.add(String(i));
    return found;
  };
  const apply = () => {
    const chosen = wanted(qubits.value), shown = new Set(levels.filter(box => box.checked).map(box => box.value));
    const names = new Set();
    for (const row of rows) {
      const own = row.dataset.qubits.split(/[^0-9]+/).filter(Boolean);
      const there = (!chosen.size || own.some(one => chosen.has(one))) && (!row.dataset.verdict || shown.has(row.dataset.verdict));
      row.hidden = !there;
      if (there) names.add(row.dataset.qubits);
    }
    told.textContent = `${names.size} of ${new Set(rows.map(row => row.dataset.qubits)).size} targets shown`;
  };
  filter.addEventListener("input", apply);
  filter.addEventListener("submit", event => event.preventDefault());
  filter.addEventListener("reset", () => setTimeout(apply));
}
// What is folded away is printed all the same.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(part => { part.open = true; }));
