/**
 * Every wait of the suite, in milliseconds: what is waited for, and how long at most. Nothing here is slept through: a
 * wait ends as soon as what it waits for is there. A network change has bounds.changeMs.
 */
export const waits = {
  /** Pods created -> all Ready (image pulls on a real cluster included). */
  podsReady: 120_000,
  /** Pod deleted -> gone from the API. */
  podGone: 30_000,
  /** Deployment changed -> its rollout complete. */
  rollout: 120_000,
  /** Namespace created -> its default ServiceAccount is there. */
  serviceAccount: 30_000,
  /** Thousands of Services created -> the last of them answer on every node. */
  programmed: 300_000,
  /** Namespace deleted -> gone, with the thousands of Services in it. */
  namespaceGone: 240_000,
  /** Service deleted -> its EndpointSlices gone. */
  endpoints: 30_000,
  /** Attached to the agent -> it answers hello. */
  channelOpen: 30_000,
  /** Request sent -> reply, beyond the time that the request itself may take. */
  channelReply: 15_000,
  /** Nothing heard from an agent for so long: its stream is lost. */
  channelSilence: 15_000,
  /** A generated case that failed -> the smallest that still does. */
  shrink: 120_000,
  /** A smaller case applied -> right, or it counts as one that fails too. */
  shrinkLook: 1_500,
  /** Pods of a stage after the scenario before: everything allowed again. */
  baseline: 15_000,
  /** An attempt of steady traffic is lost so long after the longest gap that may be. */
  grace: { attempts: 2_000, pages: 1_000 },
  /** And it is given up so much later: whoever was answered late, because somebody stood still, was answered. */
  giveUp: 5_000,
  /** An agent watches itself after it was asked to. */
  watch: 2_000,
  /** The same while steady traffic goes on. */
  watchSteady: 1_800_000,
  /** One API request, with the times that an overloaded server asked for patience. */
  request: 120_000,
  /** A connection to the API server -> its first answer: what its clients wait for, however busy it is. */
  apiServerAnswer: 10_000,
  /** k6 begins -> it is told to end, when all that is to happen under its load has happened: all the waits of that. */
  load: 1_800_000,
  /** k6 has ended -> the backends' last counts are here. They print them every 100 ms. */
  counts: 15_000,
  /** A Job or a TestRun created -> the Pods of all its runners are there; a TestRun's initializer comes first. */
  runners: 180_000,
  /** All runners run -> all have been told to begin. */
  runnersBegin: 60_000,
  /** A command on a node. */
  nodeCommand: 20_000,
  /** A node, its service or the API server went or was restarted -> it is as before, and its Pods can be asked. */
  nodeBack: 180_000,
  /** API server back -> schedulers and controllers too: what crashes is started again after 5 min at most. */
  controlPlane: 360_000,
  /** A CNI's agents, one node after the other. */
  agentsRolled: 300_000,
  /** An address freed by a deleted Pod -> given to another one; what takes longer is skipped. */
  addressReuse: 150_000,
} as const;

/** When things are looked at, in milliseconds after the first look. */
export interface Schedule {
  first: number[];
  then: number;
}

/** How often things are done, in milliseconds. */
export const cadence = {
  /** Looks at something that changes: at these offsets first, then again and again. */
  dense: { first: [0, 30, 100, 300], then: 250 },
  /** Where nothing is under way, and nothing is to be measured: three looks in a little more than a second. */
  calm: { first: [0], then: 520 },
  /** The same where each look costs the kernel an ICMP error: it sends one client 6 at once and then one a second. */
  sparse: { first: [0, 50, 200], then: 500 },
  /** Between looks of other kinds. */
  round: 250,
  /** The whole matrix must hold for so long, in at least `consecutive` rounds. */
  stable: 1_000,
  /** Looks at what has arrived at a server; the times are taken from its log and not from the look. */
  look: 20,
  /** A removed endpoint must be left alone for so long. */
  quiet: 1_000,
  /**
   * Rounds that prove that everything is allowed before a scenario begins. One of some 30 cells takes 60 to 200 ms, and
   * is right more often than not: another one beside it would be for nothing.
   */
  control: 250,
  /** Questions that are asked all the time, lines on a held connection, datagrams of a flow. */
  steady: 20,
  ping: 5_000,
} satisfies Record<string, number | Schedule>;

/** Dense in the first half second, to so many ms, where figures are held against a budget: three times the work. */
export const fine = (everyMs: number): Schedule => ({
  first: Array.from({ length: Math.floor(500 / everyMs) + 1 }, (_, i) => everyMs * i),
  then: 250,
});

/** Rounds in a row that must all be right. */
export const consecutive = 3;
