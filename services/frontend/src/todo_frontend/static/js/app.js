// Small conveniences. Every page works without this file.
// A new account starts in the zone of this device.
for (const select of document.querySelectorAll("select[data-detect-timezone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && [...select.options].some((option) => option.value === zone)) select.value = zone;
}

// A tab nobody looks at need not ask for new suggestions; one that comes back asks at the next tick.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.target.id === "suggestions") event.preventDefault();
});

// Sort and filter at once; without a script there is the button.
for (const form of document.querySelectorAll("form.filters")) {
  form.classList.add("is-live");
  form.addEventListener("change", () => form.requestSubmit());
}

// Ticking something off far down a list leaves the reader there.
const PLACE = "place";
document.addEventListener("submit", (event) => {
  if (!event.target.closest(".tasks, .suggestions")) return;
  sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, scrollY, Date.now()]));
});
const [path, top, when] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
sessionStorage.removeItem(PLACE);
if (path === location.pathname && Date.now() - when < 10_000 && !location.hash) scrollTo({ top, behavior: "instant" });
