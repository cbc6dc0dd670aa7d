// Keeps the inbox up to date and guards against slips. Everything works without it.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (selector, from = document) => from.querySelector(selector);
  const current = () => $("#request")?.dataset.id ?? "";

  // What is said to people comes with the page, in its language.
  const texts = JSON.parse(document.body.dataset.texts ?? "{}");
  const say = (key, ...put) => (texts[key] ?? key).replace(/\{(\d)\}/g, (_, at) => put[at] ?? "");

  // Cookies go to every port of a host name, what is stored here to this one alone: forms carry it,
  // so that a program on another port that got the cookie cannot answer. The second is by what a
  // browser is known where people sign in, so that others' failures do not hold it up.
  const KEY = "countersign-key";
  const BROWSER = "countersign-browser";
  function enter(entered) {
    try {
      localStorage.setItem(KEY, entered.dataset.key);
      if (entered.dataset.browser) localStorage.setItem(BROWSER, entered.dataset.browser);
    } catch {
      $("#keyless").hidden = false;
      return;
    }
    if (entered.dataset.read === "no") location.replace(entered.dataset.then);
  }
  if ($("#entered")) enter($("#entered"));
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "post" || event.formData.has("key")) return;
    try {
      const to = new URL(event.target.action).pathname;
      const entering = to === "/sign-in" || to === "/sign-in/passkey";
      event.formData.set("key", localStorage.getItem(KEY) ?? "");
      if (entering) event.formData.set("browser", localStorage.getItem(BROWSER) ?? "");
    } catch {
      // The server says what is missing.
    }
  });

  // A command that is longer than its frame must have been seen to its end, and what is shown must
  // be what is so: without a connection nobody approves.
  let offline = false;
  let stale = false;
  let check = () => {};
  // The second press of a double click, or a press that was meant for what stood here before, is no
  // answer to a question that has only just appeared.
  const READING = 600;
  let appeared = "";
  let settle = 0;
  function settling() {
    const buttons = [...document.querySelectorAll(".bar-decide button:not(:disabled)")];
    const key = current();
    if (key === appeared) return;
    appeared = key;
    clearTimeout(settle);
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    settle = setTimeout(
      () => buttons.forEach((button) => button.removeAttribute("aria-disabled")), READING);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".bar-decide button");
    const pointer = event.detail > 0;
    if (pointer && button?.getAttribute("aria-disabled") === "true") event.preventDefault();
  }, true);

  function guard() {
    check = () => {};
    stale = false;
    settling();
    const approve = $("#approve");
    const reason = $("#reason");
    if (!approve || !reason || (approve.disabled && !approve.dataset.held)) return;
    if ($("#request").classList.contains("batch")) return guardBatch(approve, reason);
    const accepts = $("#request").classList.contains("file");
    const boxes = [...document.querySelectorAll("#request .command, #request .field pre, #request .field .scroll")];
    const unseen = (box) => box.dataset.seen !== "yes"
        && box.scrollHeight > box.clientHeight + 4
        && box.scrollTop + box.clientHeight < box.scrollHeight - 4;
    const update = () => {
      boxes.forEach((box) => { if (!unseen(box)) box.dataset.seen = "yes"; });
      const left = boxes.some(unseen);
      const held = left || offline || stale;
      approve.disabled = held;
      document.querySelectorAll(".lasting").forEach((button) => { button.disabled = held; });
      approve.dataset.held = held ? "yes" : "";
      if (held) approve.setAttribute("aria-describedby", "reason");
      else approve.removeAttribute("aria-describedby");
      reason.textContent = offline ? say("not-connected-may-be-old")
        : stale ? say("waits-no-longer")
        : left ? say(accepts ? "scroll-to-accept" : "scroll-to-approve") : "";
      reason.hidden = !held;
    };
    check = update;
    boxes.forEach((box) => box.addEventListener("scroll", update, { passive: true }));
    update();
  }

  // Of several the whole of each that is checked must have been in sight before they are approved.
  function guardBatch(approve, reason) {
    const members = [...document.querySelectorAll("#request .members > li")];
    const box = (member) => $('input[type="checkbox"]', member);
    const bar = $("#request .bar-decide");
    const all = $("#all");
    const update = () => {
      const end = bar.getBoundingClientRect().top + 16;
      for (const member of members) {
        const last = $(".others", member) ?? member;
        if (last.getBoundingClientRect().top <= end) member.dataset.seen = "yes";
      }
      const checked = members.filter((member) => box(member).checked);
      const approved = checked.filter((member) => member.dataset.alone !== "yes");
      const left = approved.some((member) => member.dataset.seen !== "yes");
      const held = offline || left || approved.length === 0;
      $("#approve .n").textContent = approved.length || "";
      $("#deny .n").textContent = checked.length || "";
      approve.disabled = held;
      approve.dataset.held = held ? "yes" : "";
      reason.textContent = offline ? say("not-connected-may-be-old")
        : checked.length === 0 ? say("check-what-to-answer")
        : approved.length === 0 ? say("one-by-one-only")
        : left ? say("scroll-to-approve-checked") : "";
      reason.hidden = !reason.textContent;
      all.textContent = say(checked.length === members.length ? "check-none" : "check-all");
      all.hidden = false;
    };
    check = update;
    all.addEventListener("click", () => {
      const on = members.some((member) => !box(member).checked);
      members.forEach((member) => { box(member).checked = on; });
      update();
    });
    $("#request").addEventListener("change", update);
    update();
  }
  addEventListener("scroll", () => { if ($("#request.batch")) check(); }, { passive: true });
  addEventListener("resize", () => { if ($("#request.batch")) check(); });

  function leftWords(ms) {
    if (ms <= 0) return say("expired");
    const s = Math.floor(ms / 1000);
    if (s < 60) return say("seconds-left", Math.max(1, s));
    const min = Math.floor(s / 60);
    if (min < 60) return say("minutes-left", min);
    if (min < 48 * 60) return say("hours-left", Math.floor(min / 60), min % 60);
    return say("days-left", Math.floor(min / 1440));
  }
  function clocks() {
    for (const time of document.querySelectorAll("time.left")) {
      const ms = Date.parse(time.dateTime) - Date.now();
      time.textContent = leftWords(ms);
      time.classList.toggle("soon", ms < 120000);
    }
    for (const fuse of document.querySelectorAll(".fuse")) {
      const from = Date.parse(fuse.dataset.asked);
      const to = Date.parse(fuse.dataset.expires);
      fuse.value = Math.max(0, 100 * (to - Date.now()) / Math.max(1, to - from));
      fuse.classList.toggle("soon", to - Date.now() < 120000);
    }
  }

  // Times are told in the zone of who reads, with UTC beside.
  const zone = new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "long" });
  function zones() {
    for (const time of document.querySelectorAll("time[datetime]:not([data-zoned])")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const local = zone.format(at);
      time.dataset.zoned = "yes";
      if (time.textContent === time.title) time.textContent = local;
      time.title = local + " (" + (time.dataset.exact ?? time.title) + ")";
    }
  }

  // The parts of a command are told apart by colour alone: what stands there stays as it was drawn.
  const PARTS = /(?<comment>(?<=^|\s)#[^\n]*)|(?<string>'[^']*'?|"(?:\\.|[^"\\])*"?)|(?<variable>\$(?:\w+|\{[^}]*\}?|\(|[@*#?$!-])|`)|(?<operator>&&|\|\|?|;|>>?|<<?<?|[()&])|(?<word>[^\s'"$`;|&<>()]+)|\n/g;
  function colours() {
    for (const code of document.querySelectorAll(".command code:not([data-coloured])")) {
      code.dataset.coloured = "yes";
      const text = code.textContent;
      if (text.length > 20000) continue;
      let begins = true;
      const parts = [];
      for (const match of text.matchAll(PARTS)) {
        const groups = match.groups ?? {};
        const named = groups.word && /^\w+=/.test(groups.word);
        let kind = ["comment", "string", "variable", "operator"].find((k) => groups[k]);
        if (groups.word && begins && !named) kind = "program";
        const separates = groups.operator ? !/^[<>]/.test(groups.operator)
          : match[0] === "\n" || groups.variable === "$(" || groups.variable === "`";
        if (separates) begins = true;
        else if (!named) begins = false;
        if (kind) parts.push({ kind, from: match.index, to: match.index + match[0].length });
      }
      wrap(code, parts);
    }
  }
  // From the end, so that what is still to come stands where it stood.
  function wrap(code, parts) {
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let at = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes.push({ node, from: at });
      at += node.data.length;
    }
    for (const { node, from } of nodes.reverse()) {
      const to = from + node.data.length;
      for (const part of parts.filter((p) => p.from < to && p.to > from).reverse()) {
        const range = document.createRange();
        range.setStart(node, Math.max(0, part.from - from));
        range.setEnd(node, Math.min(to, part.to) - from);
        const span = document.createElement("span");
        span.className = "part-" + part.kind;
        range.surroundContents(span);
      }
    }
  }

  function copies() {
    if (!navigator.clipboard) return;
    for (const button of document.querySelectorAll(".copy[hidden]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText($("code", button.parentElement).textContent);
          button.textContent = say("copied");
        } catch {
          button.textContent = say("not-copied");
        }
        setTimeout(() => { button.textContent = say("copy"); }, 1500);
      });
    }
  }

  function find() {
    const typed = $("#find-text");
    if (!typed) return;
    const few = document.querySelectorAll("#lanes .row").length < 8;
    $("#find").hidden = few && typed.value === "" && document.activeElement !== typed;
    const words = typed.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("#lanes .rows > li")) {
      row.hidden = words !== "" && !row.textContent.toLowerCase().includes(words);
    }
  }
  $("#find-text")?.addEventListener("input", find);

  /** What is done anew with whatever was put into the page. */
  function dress() {
    zones();
    colours();
    copies();
    find();
  }

  // Two ways to lose the server: the stream of events ends, or a page does not come.
  let streaming = true;
  let failed = false;
  let signedOut = false;
  let lost = 0;
  let retry = 0;
  function connection() {
    const up = streaming && !failed;
    const words = $("#connection");
    const text = up ? "" : say(signedOut ? "signed-out" : "not-connected");
    // Said once: who listens to the page hears every change of it.
    if (words && words.textContent !== text) words.textContent = text;
    if (words) words.hidden = up;
    if (up) {
      clearTimeout(lost);
      lost = 0;
      offline = false;
      check();
    } else if (!lost) {
      lost = setTimeout(() => { offline = true; check(); }, 3000);
    }
  }

  async function fetched(url) {
    try {
      const response = await fetch(url, { headers: { Accept: "text/html" }, redirect: "manual" });
      signedOut = response.status === 401;
      if (!response.ok) throw new Error("status " + response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      failed = false;
      return page;
    } catch (error) {
      failed = true;
      clearTimeout(retry);
      retry = setTimeout(refresh, 3000);
      throw error;
    } finally {
      connection();
    }
  }
  function swap(page, selector) {
    const from = $(selector, page);
    const to = $(selector);
    if (from && to) to.replaceWith(document.adoptNode(from));
  }

  // The same question, drawn anew because somebody answered: what was typed stays. The focus does
  // not stay on Approve: what changed is to be read first.
  function swapDetail(page) {
    const typed = $("#guidance")?.value ?? "";
    const told = $(".tell")?.open ?? false;
    const focus = $("#detail")?.contains(document.activeElement) ? document.activeElement.id : "";
    const command = $("#request .command")?.scrollTop ?? 0;
    const at = $("#guidance")?.selectionStart ?? 0;
    const longer = $(".longer")?.open ?? false;
    const wanted = ["pattern", "expires", "uses"].map((name) => [name, document.getElementById(name)?.value]);
    const glass = $("#glass")?.parentElement.open ?? false;
    const broken = $("#glass-reason")?.value ?? "";
    const why = $("#why")?.value ?? "";
    swap(page, "#detail");
    if (glass && $("#glass-reason")) {
      $("#glass").parentElement.open = true;
      $("#glass-reason").value = broken;
    }
    if ($("#why")) $("#why").value = why;
    if ($(".longer") && longer) {
      $(".longer").open = true;
      for (const [name, value] of wanted) {
        const field = document.getElementById(name);
        if (field && value !== undefined) field.value = value;
      }
    }
    const guidance = $("#guidance");
    if (guidance && told) {
      $(".tell").open = true;
      guidance.value = typed;
    }
    if ($("#request .command")) $("#request .command").scrollTop = command;
    if (focus && !focus.startsWith("approve")) document.getElementById(focus)?.focus({ preventScroll: true });
    if (focus === "guidance") guidance?.setSelectionRange(at, at);
  }

  // A policy file stays as it is under the eyes of who reads it, and is not accepted any more.
  function changed(so) {
    stale = so;
    $("#changed").hidden = !so;
    check();
  }

  // What is being read stays as it is until its own state changes. An answer that was asked for
  // before the person turned to another question is dropped: it would take away what they read.
  let turn = 0;
  let wanted = "";
  let running = false;
  let again = false;
  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    const id = current();
    const began = turn;
    const inbox = Boolean($("#lanes"));
    try {
      const page = await fetched(
        inbox ? ($("#request")?.dataset.href ?? "/") : location.pathname);
      if (turn !== began || current() !== id) {
        again = true;
        return;
      }
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
      swap(page, "#stops");
      swap(page, "#notices");
      document.title = page.title;
      const fresh = $("#request", page);
      const shown = $("#request");
      if (!id) {
        swap(page, "#detail");
        guard();
      } else if (shown.classList.contains("batch")) {
        $("#changed").hidden =
            fresh?.dataset.id === id && fresh.dataset.version === shown.dataset.version;
      } else if (shown.classList.contains("file")) {
        changed(fresh?.dataset.id !== id || fresh.dataset.version !== shown.dataset.version);
      } else if (fresh?.dataset.id === id
          && Number(fresh.dataset.version) > Number(shown.dataset.version)) {
        swapDetail(page);
        guard();
      }
      clocks();
      dress();
    } catch (error) {
      // The page says so, and it is tried again.
    } finally {
      running = false;
      if (again) { again = false; refresh(); }
    }
  }

  // Until the question that is wanted stands there, the one that does is not to be answered. Of
  // several that were wanted one after the other only the last is shown.
  async function open(row) {
    const mine = ++turn;
    const href = row.getAttribute("href");
    wanted = row.dataset.id;
    const turned = $("#detail");
    turned.inert = true;
    try {
      const page = await fetched(href);
      if (mine !== turn) return;
      turn++;
      wanted = "";
      swap(page, "#detail");
      swap(page, "#lanes");
      $("#split")?.classList.add("picked");
      history.pushState({}, "", href);
      address = href;
      guard();
      clocks();
      dress();
      const request = $("#request");
      if (request?.dataset.grave === "yes") $("#deny")?.focus({ preventScroll: true });
      else $('#lanes .row[aria-current="true"]')?.focus({ preventScroll: true });
      if (matchMedia("(max-width: 720px)").matches) scrollTo(0, 0);
    } catch (error) {
      if (mine !== turn) return;
      wanted = "";
      turned.inert = false;
    }
  }
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("#lanes .row");
    if (!row || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    open(row);
  });
  // A way within the page, such as past the rail, is none to another one.
  let address = location.pathname + location.search;
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== address) location.reload();
  });

  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.repeat && event.key === "Enter" && event.target.closest?.("button")) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && event.target.type === "checkbox") event.preventDefault();
    if (event.target.closest?.('input:not([type="checkbox"]), textarea, select, .editor, dialog')) {
      if (event.key === "Escape" && event.target.id === "find-text") {
        event.target.value = "";
        event.target.blur();
        find();
      } else if (event.key === "Escape") {
        $("#deny")?.focus();
      }
      return;
    }
    const rows = [...document.querySelectorAll("#lanes .row")];
    const at = rows.findIndex((row) => row.dataset.id === (wanted || current()));
    const go = (row) => { if (row) { event.preventDefault(); open(row); } };
    switch (event.key) {
      case "j": go(rows[Math.min(rows.length - 1, at + 1)]); break;
      case "k": go(rows[Math.max(0, at - 1)]); break;
      case "a": $("#approve")?.focus(); break;
      case "d": $("#deny")?.focus(); break;
      case "e": {
        const edit = $("#edit");
        if (edit && !wanted) { event.preventDefault(); edit.parentElement.open = true; $("#edited").focus(); }
        break;
      }
      case "/":
        if ($("#find-text")) { event.preventDefault(); $("#find").hidden = false; $("#find-text").focus(); }
        break;
      case "?": $("#keys")?.showModal(); break;
      case "g": {
        const tell = $(".tell");
        if (tell && !wanted) { event.preventDefault(); tell.open = true; $("#guidance").focus(); }
        break;
      }
    }
  });
  document.addEventListener("toggle", (event) => {
    // It is told late: who has gone on to another button by then is not called back.
    const here = document.activeElement === document.body || document.activeElement?.closest(".tell");
    if (event.target.classList?.contains("tell") && event.target.open && here) $("#guidance")?.focus();
  }, true);
  // One answer a press, and none to a question the person has turned away from.
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    const turnedAway = wanted && event.target.closest("#detail");
    const nothing = $(".members", event.target) && !$(".members input:checked", event.target);
    if (turnedAway || nothing || event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
  $("#link")?.addEventListener("focus", (event) => event.target.select());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  if (document.body.dataset.live === "yes") {
    let timer = 0;
    const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 60); };
    let events;
    const up = () => {
      streaming = true;
      root.dataset.live = "yes";
      connection();
      soon();
    };
    const down = () => {
      streaming = false;
      connection();
      // A browser gives up for good where the answer was no stream.
      if (events.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    };
    const connect = () => {
      events = new EventSource("/events");
      events.addEventListener("approval", soon);
      events.addEventListener("stop", soon);
      events.addEventListener("deferred", soon);
      events.addEventListener("alarm", soon);
      events.addEventListener("open", up);
      events.addEventListener("error", down);
    };
    connect();
    // A client that connects is no event; who follows the first steps looks for it.
    if ($("#guide")) setInterval(() => { if ($("#guide")) soon(); }, 3000);
    addEventListener("pagehide", () => events.close());
  }
  setInterval(clocks, 1000);
  guard();
  clocks();
  dress();

  // Passkeys: the browser is asked for what the form says, and the form goes off with its answer.
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const ids = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

  async function passkey(form) {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (form.dataset.passkey === "create") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = ids(options.excludeCredentials);
      const made = await navigator.credentials.create({ publicKey: options });
      return {
        id: made.id, rawId: text(made.rawId), type: made.type,
        authenticatorAttachment: made.authenticatorAttachment ?? undefined,
        clientExtensionResults: {},
        response: {
          clientDataJSON: text(made.response.clientDataJSON),
          attestationObject: text(made.response.attestationObject),
          transports: made.response.getTransports?.() ?? [],
        },
      };
    }
    options.allowCredentials = ids(options.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey: options });
    return {
      id: shown.id, rawId: text(shown.rawId), type: shown.type,
      authenticatorAttachment: shown.authenticatorAttachment ?? undefined,
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(shown.response.clientDataJSON),
        authenticatorData: text(shown.response.authenticatorData),
        signature: text(shown.response.signature),
        userHandle: shown.response.userHandle ? text(shown.response.userHandle) : undefined,
      },
    };
  }

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const problem = $(".problem", form);
    const button = $("button[type=submit]", form);
    const tell = (words) => {
      problem.textContent = words;
      problem.hidden = false;
      button.disabled = false;
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      if (!window.PublicKeyCredential) return tell(say("knows-no-passkeys"));
      button.disabled = true;
      try {
        const answer = await passkey(form);
        form.elements[form.dataset.answer ?? "credential"].value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        tell(error.name === "InvalidStateError" ? say("has-a-passkey")
          : error.name === "NotAllowedError" ? say("nothing-confirmed")
          : say("no-passkey-here", error.message));
      }
    });
  });

  // To be told in this browser, also while no page is open: by its push service, which learns
  // neither what is said nor who says it to whom.
  async function subscribed(key) {
    const worker = await navigator.serviceWorker.register("/static/worker.js");
    if (await Notification.requestPermission() !== "granted")
      throw new DOMException("", "NotAllowedError");
    const old = await worker.pushManager.getSubscription();
    // One made with another key of this server is of no use any more.
    if (old) await old.unsubscribe();
    return (await worker.pushManager.subscribe(
      { userVisibleOnly: true, applicationServerKey: key })).toJSON();
  }
  document.querySelectorAll("form[data-push]").forEach((form) => {
    const problem = $(".problem", form);
    const button = $("button[type=submit]", form);
    const tell = (words) => {
      problem.textContent = words;
      problem.hidden = false;
      button.disabled = false;
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      if (!navigator.serviceWorker || !window.PushManager)
        return tell(say("cannot-be-told"));
      button.disabled = true;
      try {
        const made = await subscribed(form.dataset.push);
        form.elements.endpoint.value = made.endpoint;
        form.elements.p256dh.value = made.keys.p256dh;
        form.elements.auth.value = made.keys.auth;
        form.submit();
      } catch (error) {
        tell(error.name === "NotAllowedError" ? say("notifications-not-allowed")
          : say("could-not-subscribe", error.message));
      }
    });
  });
})();
