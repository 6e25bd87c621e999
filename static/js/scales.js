// Scales 0 to 10 are radio buttons, so arrows work by themselves; digits jump: 7, or 1 and then quickly 0 for 10.

let one = 0; // when a 1 was pressed last, in ms

document.addEventListener("keydown", (event) => {
  const scale = event.target.closest?.("[data-scale]");
  if (!scale || event.ctrlKey || event.altKey || event.metaKey || !/^\d$/.test(event.key)) return;
  const value = event.key === "0" && event.timeStamp - one < 800 ? "10" : event.key;
  one = event.key === "1" ? event.timeStamp : 0;
  const radio = scale.querySelector(`input[value="${value}"]`);
  if (!radio) return;
  event.preventDefault();
  radio.focus();
  if (!radio.checked) radio.click();
});
