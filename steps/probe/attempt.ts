/**
 * What the harness and the agent in a Pod say to each other. Types only.
 *
 * Times called `at` are milliseconds of the agent's own monotonic clock (see clock.ts for how they are compared).
 */
export type Protocol = 'TCP' | 'UDP';

/** What the client of one attempt saw. `reset` includes a connection closed before its answer came. */
export type Outcome = 'connected' | 'timeout' | 'refused' | 'reset' | 'unreachable' | 'unresolved' | 'error';

export interface Attempt {
  /** Unique in the run; the server notes it when it arrives. */
  nonce: string;
  /** An address or a name; names go through the Pod's own resolver. */
  host: string;
  port: number;
  protocol: Protocol;
  /** UDP: pad the datagram to this many bytes of payload; the answer is as long. */
  bytes?: number;
}

/** The client's side of one attempt. */
export interface AttemptReport {
  nonce: string;
  outcome: Outcome;
  /** e.g. ECONNREFUSED. */
  errno?: string;
  /** From the attempt's start to its end. */
  micros: number;
  at: number;
  /** The Pod that answered. */
  server?: string;
  /** The very agent that answered: names may be the same. */
  id?: string;
  /** The client's address as the server saw it. */
  seen?: string;
  /** The longest time that the client stood still meanwhile, in ms; absent: it did not. */
  stoodMs?: number;
  /** Of a page: what it waited for longest. */
  slowest?: { what: string; ms: number };
  /** When the server stood still lately, by its own account and the client's clock, or earlier: see steady.ts. */
  serverStood?: [from: number, to: number, number: number][];
}

/** The server's side: a nonce that came in. */
export interface Arrival {
  nonce: string;
  from: string;
  fromPort: number;
  protocol: Protocol;
  port: number;
  at: number;
}

/** A port that the agent serves: probes, HTTP and held connections. `relay`: the local port that gets all else. */
export interface Listener {
  protocol: Protocol;
  port: number;
  /** Default: all addresses. */
  host?: string;
  relay?: number;
}

/** One record of a DNS answer, as text: an address, a name, or `port target` for SRV. */
export type DnsKind = 'A' | 'SRV' | 'PTR' | 'lookup';

export interface DnsReport {
  records: string[];
  errno?: string;
  micros: number;
}

export interface TransferReport extends Pick<AttemptReport, 'outcome' | 'errno' | 'micros' | 'server'> {
  /** Everything came whole, with equal checksums at both ends. */
  intact: boolean;
  received: number;
}

/** A connection held open, on which a line goes out and comes back every few milliseconds. */
export interface HeldReport {
  state: 'open' | 'closed' | 'failed';
  errno?: string;
  /** The id of the agent at the other end. */
  id?: string;
  /** When the last echo came back. */
  lastEchoAt: number;
  /** The longest time between two echoes, in ms. */
  longestGap: number;
}

/** What each reply says of the agent's own standing still, by its clock in ms; only if there is something to say. */
export interface Standing {
  /** Times in which its process was not run, since its reply before. */
  stood?: [from: number, to: number][];
  /** Times in which a program that it relays to left a question unanswered. */
  silent?: [from: number, to: number][];
  /** When it took the request in, if nothing had been asked of it for a while: it did not watch itself. */
  woke?: number;
}

export interface Hello {
  /** This very process: Pods of different times or namespaces may have one name. */
  id: string;
  pod: string;
  addresses: string[];
  /** MTU of the Pod's interface to the network. */
  mtu: number;
  /** The search list of its resolv.conf. */
  search: string[];
  startedAt: number;
  pid: number;
}

/** A packet of an attacker; bytes in hexadecimal. */
export type Packet =
  /** A datagram with any payload, as every program may send it. */
  | { via: 'socket'; host: string; port: number; bytes: string }
  /** A whole packet of some EtherType, past the Pod's own routes; without `mac` to its gateway. Takes NET_RAW. */
  | { via: 'link'; type: number; mac?: string; bytes: string };

/** What the agent can be asked: name -> [arguments, answer]. */
export interface Operations {
  hello: [Record<string, never>, Hello];
  /** The agent watches itself for so many ms more; 0: only the channel is kept alive. */
  ping: [{ watchMs?: number }, { at: number }];
  listen: [Listener, { port: number }];
  unlisten: [{ protocol: Protocol; port: number }, { closed: boolean }];
  /** All at once; answers when the last one has ended. */
  probe: [{ attempts: Attempt[]; timeoutMs: number }, { reports: AttemptReport[] }];
  /** What arrived, and whether the listeners answer on the Pod's own localhost. */
  witness: [
    { nonces: string[]; listeners: Listener[] },
    {
      /** The agent itself, as its answers name it. */
      id: string;
      arrivals: Arrival[];
      alive: boolean[];
      /** From when on its log is whole, by its clock; something earlier may be missing. 0: from its beginning. */
      since: number;
      at: number;
    },
  ];
  /** Every arrival whose nonce starts so, e.g. those of a Pod that dials on its own from its first line. */
  arrivals: [{ prefix: string }, { arrivals: Arrival[] }];
  /** Ends its own dialling (NETVET_DIAL) once that has lasted so long without standing still; tells what it saw. */
  dialled: [{ atLeastMs: number }, { reports: AttemptReport[] }];
  /** From now on dials everybody from whom such a nonce arrives, at once: nobody knows the address earlier. */
  callBack: [
    Omit<Dial, 'targets'> & { callers: string; ports: Pick<Listener, 'port' | 'protocol'>[] },
    { started: boolean },
  ];
  /** What calling that host back has seen; answers when it is over. No reports: it has not called. */
  calledBack: [{ host: string }, { reports: AttemptReport[] }];
  resolve: [{ kind: DnsKind; name: string; timeoutMs: number }, DnsReport];
  transfer: [{ host: string; port: number; bytes: number; timeoutMs: number }, TransferReport];
  /** `count` fresh connections, `parallel` at a time. */
  spread: [
    Omit<Attempt, 'nonce'> & { nonce: string; count: number; parallel: number; timeoutMs: number },
    { reports: AttemptReport[] },
  ];
  hold: [{ key: string; host: string; port: number; everyMs: number; timeoutMs: number }, HeldReport];
  held: [{ key: string }, HeldReport & { at: number }];
  release: [{ key: string }, HeldReport];
  send: [{ packets: Packet[] }, { sent: number }];
  /** MAC addresses of all links, and the next hops of IPv6 default routes, as the kernel writes them. */
  links: [Record<string, never>, { macs: string[]; routers: string[] }];
  /** Ends the agent's process, as a crash would, shortly after answering. */
  crash: [Record<string, never>, Record<string, never>];
  /** What `GET /ready` says from now on. */
  ready: [{ ready: boolean }, { ready: boolean }];
  /** `server`: the Pod that answered, where it says so in x-pod-name; `serverStood`: of x-stood. */
  fetch: [
    { url: string; timeoutMs: number },
    Omit<AttemptReport, 'nonce' | 'id' | 'seen'> & { status: number; body: string },
  ];
  /**
   * Says something that is not a probe (base64) and takes the first bytes of the answer. `opened`: there was a
   * connection, and with "timeout" the server did not answer on it within `answerMs`.
   */
  say: [
    { host: string; port: number; bytes: string; timeoutMs: number; answerMs: number },
    { outcome: Outcome; errno?: string; opened: boolean; answer: string; micros: number; at: number },
  ];
  /** A fresh request every `everyMs` until released: what a user of a Service would see while it changes. */
  stream: [{ key: string; host: string; port: number; everyMs: number; timeoutMs: number }, { started: boolean }];
  /** The same with pages: each visit on a connection of its own. */
  visit: [{ key: string; url: string; everyMs: number; timeoutMs: number }, { started: boolean }];
  /** Datagrams from one port, one every `everyMs`: one flow to whoever tracks connections. */
  talk: [{ key: string; host: string; port: number; everyMs: number }, { started: boolean }];
  /** Which agents (by id) answered the newest datagrams of a talk, newest first, and when. */
  talked: [
    { key: string; newest: number; stop: boolean },
    { sent: number; answers: { id: string; at: number }[]; at: number },
  ];
  /** What a stream or visits have seen. */
  streamed: [{ key: string; stop: boolean }, { reports: AttemptReport[] }];
}

export type Operation = keyof Operations;

/** Dialling from the process's first line on (NETVET_DIAL, JSON): until asked what it saw, for `forMs` at most. */
export interface Dial {
  prefix: string;
  targets: { host: string; port: number; protocol: Protocol }[];
  everyMs: number;
  forMs: number;
  timeoutMs: number;
}
