const ANSWER = 30_000;
const ONE_WAIT = 20_000;
const AGAIN = 1_000;
// A server that is started anew is back by then.
const SILENCE = 120_000;

const text = (json, name) => (typeof json?.[name] === "string" ? json[name] : "");
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function failed(reason, json = {}) {
  return Object.freeze({ effect: "failed", allowed: false, id: "", reason, json });
}

function decision(status, json) {
  if (status !== 200) {
    const detail = text(json, "detail");
    return failed(`Countersign answered with status ${status}${detail && `: ${detail}`}`);
  }
  if (!isObject(json)) {
    return failed("the server's answer is no decision");
  }
  const said = { id: text(json, "id"), reason: text(json, "reason"), allowed: false, json };
  switch (json.effect) {
    case "allow": {
      const receipt = text(json.receipt, "hash");
      return receipt && said.id
        ? Object.freeze({ ...said, effect: "allow", allowed: true, receipt })
        : failed("the server allowed it without a receipt", json);
    }
    case "ask":
      return Object.freeze({
        ...said,
        effect: "ask",
        approval: text(json.approval, "id"),
        url: text(json.approval, "url"),
      });
    case "deny":
      return Object.freeze({ ...said, effect: "deny", instead: text(json, "instead") });
    case "defer":
      return Object.freeze({ ...said, effect: "defer", until: text(json, "until") });
    default:
      return failed("the server's answer is no effect this client knows", json);
  }
}

function rest(signal, time = AGAIN) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, time);
    signal?.addEventListener("abort", done);
  });
}

const why = (error) => `Countersign could not be asked: ${error?.cause?.message || error?.message || error}`;

/** No answer, where there may be one later. */
class Silent extends Error {}

export class Countersign {
  #base;
  #token;

  constructor({ server, token }) {
    const base = new URL(server.endsWith("/") ? server : `${server}/`);
    if (base.protocol !== "http:" && base.protocol !== "https:") {
      throw new TypeError(`\`${server}\` is no server address`);
    }
    if (typeof token !== "string" || !/^[!-~]+$/.test(token)) {
      throw new TypeError("the token is empty or none");
    }
    this.#base = base;
    this.#token = token;
  }

  static fromEnvironment() {
    return new Countersign({
      server: process.env.COUNTERSIGN_URL || "http://127.0.0.1:7373",
      token: process.env.COUNTERSIGN_TOKEN || "",
    });
  }

  async decide(call, waiting = {}) {
    let first;
    try {
      first = await this.#decision("POST", "v1/decisions", { client: "program", ...call }, waiting.signal);
    } catch (error) {
      return failed(why(error));
    }
    return first.effect === "ask" ? this.await(first, waiting) : first;
  }

  async await(ask, { wait = 0, signal } = {}) {
    const end = performance.now() + wait;
    let heard = performance.now();
    let now = ask;
    while (now.effect === "ask" && end - performance.now() > 0) {
      if (signal?.aborted) {
        return failed(`ended while waiting for ${ask.approval}`);
      }
      const left = Math.ceil(Math.min(end - performance.now(), ONE_WAIT));
      const asked = performance.now();
      try {
        now = await this.#decision("GET", `v1/decisions/${encodeURIComponent(ask.id)}?wait=${left}ms`, undefined, signal);
        heard = performance.now();
        // A server that does not wait must not be asked all the time.
        const early = Math.min(AGAIN - (heard - asked), end - heard);
        if (now.effect === "ask" && early > 0) {
          await rest(signal, early);
        }
      } catch (error) {
        if (!(error instanceof Silent) || performance.now() - heard > SILENCE) {
          return failed(why(error));
        }
        await rest(signal);
      }
    }
    return now;
  }

  async report(decided, { success, output = "", durationMs }) {
    const body = { decision: decided.id, status: success ? "success" : "failure", output };
    if (durationMs !== undefined) {
      body.duration_ms = Math.round(durationMs);
    }
    try {
      const { status } = await this.#exchange("POST", "v1/outcomes", body);
      return status >= 200 && status < 300;
    } catch {
      return false;
    }
  }

  async #decision(method, path, body, signal) {
    const { status, content } = await this.#exchange(method, path, body, signal);
    if (status >= 502 && status <= 504) {
      throw new Silent(`status ${status}`);
    }
    let json;
    try {
      json = JSON.parse(content);
    } catch {
      return status === 200 ? failed("the server's answer is no JSON") : decision(status, {});
    }
    return decision(status, json);
  }

  async #exchange(method, path, body, signal) {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const late = AbortSignal.timeout(ANSWER);
    try {
      const answer = await fetch(new URL(path, this.#base), {
        method,
        body: payload,
        redirect: "manual",
        signal: signal ? AbortSignal.any([signal, late]) : late,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          Accept: "application/json",
          "Content-Type": "application/json",
        },
      });
      return { status: answer.status, content: await answer.text() };
    } catch (error) {
      throw new Silent(error?.cause?.message || error?.message || String(error));
    }
  }
}

export function command(text, cwd, reason) {
  const input = { command: text };
  if (reason !== undefined) {
    input.description = reason;
  }
  return { tool: "Bash", input, cwd };
}
