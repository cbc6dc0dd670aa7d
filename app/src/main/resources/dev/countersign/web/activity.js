// Opens records beside the list, tells of new ones and moves by keys. Everything works without it.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const explore = $("#explore");
  const texts = JSON.parse(document.body.dataset.texts ?? "{}");
  const say = (key, ...put) => (texts[key] ?? key).replace(/\{(\d)\}/g, (_, at) => put[at] ?? "");
  const lang = document.documentElement.lang;

  // Times in the zone of who reads; the hover keeps UTC.
  function times() {
    for (const time of document.querySelectorAll(".times time")) {
      const at = new Date(time.dateTime);
      const far = !/\d:\d/.test(time.textContent);
      if (time.dataset.local) continue;
      time.dataset.local = "yes";
      time.title = time.textContent + " UTC";
      time.textContent = at.toLocaleString(lang === "en" ? "en-GB" : lang, far
        ? { day: "numeric", month: "short" }
        : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    }
  }
  times();
  if ($("#findings")) $("#findings").focus({ preventScroll: true });

  // A session is stepped through.
  if ($("#replay")) {
    document.addEventListener("keydown", (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
      if (event.key !== "j" && event.key !== "k") return;
      const all = [...document.querySelectorAll("#replay > li")];
      const at = all.indexOf(document.activeElement?.closest?.("#replay > li"));
      const next = all[event.key === "j" ? Math.min(all.length - 1, at + 1) : Math.max(0, at - 1)];
      event.preventDefault();
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "center" });
    });
  }
  if (!explore) return;

  const wide = matchMedia("(min-width: 1100px)");
  let turn = 0;
  function swap(page, selector) {
    const from = $(selector, page);
    const to = $(selector);
    if (from && to) to.replaceWith(document.adoptNode(from));
  }
  async function show(href, push = true) {
    const mine = ++turn;
    const response = await fetch(href, { headers: { Accept: "text/html" } });
    if (!response.ok) { location.assign(href); return; }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (mine !== turn) return;
    const at = document.activeElement?.closest?.("tr")?.dataset.index;
    swap(page, "#side");
    for (const row of document.querySelectorAll("#found tr[data-index]")) {
      const fresh = $(`#found tr[data-index="${row.dataset.index}"]`, page);
      if (fresh?.getAttribute("aria-current")) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    explore.className = $("#explore", page).className;
    if (push) history.pushState({}, "", href);
    if (at) $(`#found tr[data-index="${at}"] td.what a`)?.focus({ preventScroll: true });
    if (!wide.matches) scrollTo(0, 0);
  }
  const link = (row) => $("td.what a", row);
  const rows = () => [...document.querySelectorAll("#found tr[data-index]")];
  const current = () => rows().findIndex((row) => row.getAttribute("aria-current") === "true");
  const plain = (event) => !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) && !event.button;

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("td.what a, #close");
    if (!opener || !plain(event)) return;
    event.preventDefault();
    show(opener.getAttribute("href"));
  });
  addEventListener("popstate", () => location.reload());
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const all = rows();
    const to = (row) => { if (row) { event.preventDefault(); row.scrollIntoView({ block: "nearest" }); show(link(row).getAttribute("href")); } };
    switch (event.key) {
      case "j": to(all[Math.min(all.length - 1, current() + 1)]); break;
      case "k": to(all[Math.max(0, current() - 1)]); break;
      case "Escape": if ($("#close")) { event.preventDefault(); $("#close").click(); } break;
      case "/": event.preventDefault(); $("#search").focus(); break;
    }
  });

  // After a start the older records are counted while somebody looks.
  async function recount() {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const each of ["#chart", "#counted", "#hint", "#narrowing"]) swap(page, each);
      times();
      if ($("#explore", page).dataset.counting === "yes") setTimeout(recount, 1500);
    } catch {
      setTimeout(recount, 5000);
    }
  }
  if (explore.dataset.counting === "yes") setTimeout(recount, 1500);

  // Newer records wait on top: what is being read is never pushed.
  if (explore.dataset.follow !== "yes") return;
  const tail = $("#tail");
  const pause = $("#pause");
  let paused = false;
  let asking = 0;
  let events;
  tail.hidden = false;
  const tell = (key) => { $(".tail-state").textContent = say(key); };
  async function ask() {
    asking = 0;
    asked = Date.now();
    if (paused || document.hidden) return;
    const query = explore.dataset.query;
    try {
      const response = await fetch("/activity/new?after=" + explore.dataset.top + (query ? "&" + query : ""));
      const count = (await response.json()).new;
      const news = $("#news");
      if (news && count > 0) {
        news.textContent = say("so-many-new", count.toLocaleString(lang));
        news.hidden = false;
      }
    } catch {
      tell("not-connected-now");
    }
  }
  let asked = 0;
  // Where much happens each page asks once a second.
  const soon = () => {
    if (!asking && !paused) asking = setTimeout(ask, Math.max(300, asked + 1000 - Date.now()));
  };
  const connect = () => {
    events = new EventSource("/events");
    for (const name of ["decision", "approval", "deferred", "stop", "alarm"]) events.addEventListener(name, soon);
    events.addEventListener("open", () => { tell(paused ? "paused" : "following"); document.documentElement.dataset.live = "yes"; soon(); });
    events.addEventListener("error", () => {
      tell("not-connected-now");
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    });
  };
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = say(paused ? "follow" : "pause");
    tell(paused ? "paused" : "following");
    if (paused && $("#news")) $("#news").hidden = true;
    if (!paused) soon();
  });
  document.addEventListener("visibilitychange", soon);
  connect();
  addEventListener("pagehide", () => events.close());
})();
