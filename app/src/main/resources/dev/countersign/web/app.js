// Keeps the inbox up to date and guards against slips. Everything works without it.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (selector, from = document) => from.querySelector(selector);
  const current = () => $("#request")?.dataset.id ?? "";

  // A command that is longer than its frame must have been seen to its end, and what is shown must
  // be what is so: without a connection nobody approves.
  let offline = false;
  let check = () => {};
  function guard() {
    check = () => {};
    const approve = $("#approve");
    const reason = $("#reason");
    if (!approve || !reason || (approve.disabled && !approve.dataset.held)) return;
    const boxes = [...document.querySelectorAll("#request .command, #request .field pre")];
    const unseen = (box) => box.dataset.seen !== "yes"
        && box.scrollHeight > box.clientHeight + 4
        && box.scrollTop + box.clientHeight < box.scrollHeight - 4;
    const update = () => {
      boxes.forEach((box) => { if (!unseen(box)) box.dataset.seen = "yes"; });
      const left = boxes.some(unseen);
      const held = left || offline;
      approve.disabled = held;
      approve.dataset.held = held ? "yes" : "";
      if (held) approve.setAttribute("aria-describedby", "reason");
      else approve.removeAttribute("aria-describedby");
      reason.textContent = offline
        ? "Not connected: what stands here may be old. You can approve when the server answers again."
        : left ? "Scroll to the end of the text above to approve it." : "";
      reason.hidden = !held;
    };
    check = update;
    boxes.forEach((box) => box.addEventListener("scroll", update, { passive: true }));
    update();
  }

  function leftWords(ms) {
    if (ms <= 0) return "expired";
    const s = Math.floor(ms / 1000);
    if (s < 60) return Math.max(1, s) + " s left";
    const min = Math.floor(s / 60);
    if (min < 60) return min + " min left";
    if (min < 48 * 60) return Math.floor(min / 60) + " h " + (min % 60) + " min left";
    return Math.floor(min / 1440) + " days left";
  }
  function clocks() {
    for (const time of document.querySelectorAll("time.left")) {
      const ms = Date.parse(time.dateTime) - Date.now();
      time.textContent = leftWords(ms);
      time.classList.toggle("soon", ms < 120000);
    }
  }

  async function fetched(url) {
    const response = await fetch(url, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (!response.ok) throw new Error("status " + response.status);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }
  function swap(page, selector) {
    const from = $(selector, page);
    const to = $(selector);
    if (from && to) to.replaceWith(document.adoptNode(from));
  }

  // What is being read stays as it is until its own state changes.
  let running = false;
  let again = false;
  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    try {
      const id = current();
      const inbox = $("#lanes");
      const url = inbox ? (id ? "/?open=" + encodeURIComponent(id) : "/") : location.pathname;
      const page = await fetched(url);
      if (inbox) {
        const known = new Set([...document.querySelectorAll("#lanes .row")].map((r) => r.dataset.id));
        const focused = document.activeElement?.closest?.("#lanes .row")?.dataset.id;
        swap(page, "#lanes");
        for (const row of document.querySelectorAll("#mine .row")) {
          row.classList.toggle("new", !known.has(row.dataset.id));
          if (row.dataset.id === focused) row.focus({ preventScroll: true });
        }
      }
      swap(page, ".rail nav");
      document.title = page.title;
      const fresh = $("#request", page);
      if (!id || (fresh && fresh.dataset.version !== $("#request")?.dataset.version)) {
        swap(page, "#detail");
        guard();
      }
      clocks();
    } catch (error) {
      root.classList.add("stale");
    } finally {
      running = false;
      if (again) { again = false; refresh(); }
    }
  }

  async function open(id) {
    const page = await fetched("/?open=" + encodeURIComponent(id));
    swap(page, "#detail");
    swap(page, "#lanes");
    $("#split")?.classList.add("picked");
    history.pushState({}, "", "/?open=" + encodeURIComponent(id));
    guard();
    clocks();
    const request = $("#request");
    if (request?.dataset.grave === "yes") $("#deny")?.focus({ preventScroll: true });
    else $('#lanes .row[aria-current="true"]')?.focus({ preventScroll: true });
    if (matchMedia("(max-width: 720px)").matches) scrollTo(0, 0);
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("#lanes .row");
    if (!row || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(row.dataset.id).catch(() => { location.href = row.href; });
  });
  addEventListener("popstate", () => location.reload());

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest?.("input, textarea")) {
      if (event.key === "Escape") $("#deny")?.focus();
      return;
    }
    const rows = [...document.querySelectorAll("#lanes .row")];
    const at = rows.findIndex((row) => row.dataset.id === current());
    const go = (row) => { if (row) { event.preventDefault(); open(row.dataset.id).catch(() => {}); } };
    switch (event.key) {
      case "j": go(rows[Math.min(rows.length - 1, at + 1)]); break;
      case "k": go(rows[Math.max(0, at - 1)]); break;
      case "a": $("#approve")?.focus(); break;
      case "d": $("#deny")?.focus(); break;
      case "g": {
        const tell = $(".tell");
        if (tell) { event.preventDefault(); tell.open = true; $("#guidance").focus(); }
        break;
      }
    }
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.classList?.contains("tell") && event.target.open) $("#guidance")?.focus();
  }, true);
  // One answer a press.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  $("#link")?.addEventListener("focus", (event) => event.target.select());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  if (document.body.dataset.live === "yes") {
    let timer = 0;
    const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 60); };
    let lost = 0;
    let events;
    const up = () => {
      clearTimeout(lost);
      lost = 0;
      offline = false;
      root.classList.remove("stale");
      root.dataset.live = "yes";
      check();
      soon();
    };
    const down = () => {
      root.classList.add("stale");
      if (!lost) lost = setTimeout(() => { offline = true; check(); }, 3000);
      // A browser gives up for good where the answer was no stream.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    };
    const connect = () => {
      events = new EventSource("/events");
      events.addEventListener("approval", soon);
      events.addEventListener("open", up);
      events.addEventListener("error", down);
    };
    connect();
    addEventListener("pagehide", () => events.close());
  }
  setInterval(clocks, 1000);
  guard();
  clocks();
})();
