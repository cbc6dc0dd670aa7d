/** What is to be done, as the server is asked about it. */
export interface Call {
  /** The tool, such as `Bash`, `Read`, `Write` or one of your own. */
  tool: string;
  /** Its exact input: JSON. */
  input: Record<string, unknown>;
  /** The absolute folder it is done in. */
  cwd: string;
  /** What the asking program is called in rules and in the ledger; `program` where it is not said. */
  client?: string;
  /** The root of the work around the folder; the server finds it where it is not said. */
  workspace?: string;
  /** The run of the program it belongs to. */
  session?: string;
  /** The piece of work; the session where it is not said. */
  task?: string;
}

interface Said {
  /** Its id at the server. */
  readonly id: string;
  /** Why, for people and for models. */
  readonly reason: string;
  /** Whether the call may be made, once, as it was asked about. */
  readonly allowed: boolean;
  /** The whole answer. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** The call may be made, and that was written down before. */
export interface Allow extends Said {
  readonly effect: "allow";
  readonly allowed: true;
  /** The hash of its record in the ledger. */
  readonly receipt: string;
}

/** People are asked and have not answered yet. */
export interface Ask extends Said {
  readonly effect: "ask";
  readonly allowed: false;
  readonly approval: string;
  /** Where people answer it. */
  readonly url: string;
}

export interface Deny extends Said {
  readonly effect: "deny";
  readonly allowed: false;
  /** What would be allowed, or empty. */
  readonly instead: string;
}

/** Not now: it waits for its time. */
export interface Defer extends Said {
  readonly effect: "defer";
  readonly allowed: false;
  /** When it is decided again, or empty. */
  readonly until: string;
}

/** The server could not be asked, or its answer not be understood. No decision of policy. */
export interface Failed extends Said {
  readonly effect: "failed";
  readonly allowed: false;
}

/** Only an `allow` is a permission: whatever else there is means that the call is not made. */
export type Decision = Allow | Ask | Deny | Defer | Failed;

export interface Waiting {
  /** How long to wait for people, in milliseconds; 0 where it is not said. */
  wait?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
}

export interface Outcome {
  success: boolean;
  /** What it said; the server keeps a summary, secrets masked. */
  output?: string;
  durationMs?: number;
}

/** A Countersign server, asked before something is done. Nothing is thrown because of it or the network. */
export class Countersign {
  /** Throws where the address or the token is none. */
  constructor(options: { server: string; token: string });
  /** The server `COUNTERSIGN_URL` names, else the one of this machine, with the token in `COUNTERSIGN_TOKEN`. */
  static fromEnvironment(): Countersign;
  /** Asks, and waits while people are asked. */
  decide(call: Call, waiting?: Waiting): Promise<Decision>;
  /** Waits for people's answer to an open question. */
  await(ask: Ask, waiting: Waiting): Promise<Decision>;
  /** Tells what came of an allowed call; answers whether the server has it. */
  report(decision: Decision, outcome: Outcome): Promise<boolean>;
}

/** A shell command as a call. */
export function command(text: string, cwd: string, reason?: string): Call;
