// Compiled and never run: the types say what may be read of which answer.
import { type Call, Countersign, type Decision, command } from "../index.js";

const call: Call = { ...command("ls", "/"), client: "x", session: "s" };

export async function reads(): Promise<string> {
  const decision: Decision = await new Countersign({ server: "http://x", token: "t" }).decide(call, { wait: 5 });
  switch (decision.effect) {
    case "allow":
      return decision.receipt;
    case "ask":
      return decision.url;
    case "deny":
      return decision.instead;
    case "defer":
      return decision.until;
    case "failed": {
      // @ts-expect-error: there is no receipt
      decision.receipt;
      const no: false = decision.allowed;
      return String(no);
    }
  }
}

// @ts-expect-error: a call has a folder
export const without: Call = { tool: "Bash", input: {} };
