/** Answers questions from what is known of the cluster. */
import type { Cluster } from './directory.ts';
import {
  type Alias,
  classAny,
  classIn,
  type Data,
  keyOf,
  type Message,
  type Name,
  type Resource,
  rcodes,
  types,
} from './message.ts';
import { type Records, recordsInReverse, recordsInZone, zone } from './records.ts';

/** Seconds that an answer, also a negative one, may be kept: `ttl 30`, as kubeadm configures CoreDNS. */
const ttl = 30;

/** How far CNAMEs are followed: ExternalName Services can point at each other. */
const longestChain = 8;

/** The largest UDP answer that is not fragmented anywhere (https://www.dnsflagday.net/2020/). */
export const udpLimit = 1232;

type Answer = Pick<Message, 'rcode' | 'authoritative' | 'answers' | 'authorities' | 'additionals'>;

/** The labels of `name` before `suffix`, in lower case; undefined if it does not end so. */
function below(name: Name, suffix: Name): Name | undefined {
  const lower = name.map((label) => label.toLowerCase());
  const cut = lower.length - suffix.length;
  return cut >= 0 && suffix.every((label, i) => lower[cut + i] === label) ? lower.slice(0, cut) : undefined;
}

/** The zones of this server, each with what its records are. */
const zones: [Name, (cluster: Cluster, labels: Name) => Records][] = [
  [zone, recordsInZone],
  [['in-addr', 'arpa'], recordsInReverse],
  [['ip6', 'arpa'], () => undefined],
];

/** Records at a name, and the zone that says so; undefined for names of no zone of this server. */
function find(cluster: Cluster, name: Name): { zone: Name; records: Records } | undefined {
  for (const [zone, recordsIn] of zones) {
    const labels = below(name, zone);
    if (labels) return { zone, records: recordsIn(cluster, labels) };
  }
  return undefined;
}

const at = (name: Name, data: Data): Resource => ({ name, class: classIn, ttl, ...data });

/** The zone's own record; after a negative answer it says for how long. RFC 2308 section 3. */
const soa = (): Data => ({
  type: types.SOA,
  primary: ['ns', 'dns', ...zone],
  mailbox: ['hostmaster', ...zone],
  serial: Math.floor(Date.now() / 1000) % 2 ** 32,
  refresh: 7200,
  retry: 1800,
  expire: 86_400,
  minimum: ttl,
});

const answer = (rcode: number, answers: Resource[], more: Partial<Answer> = {}): Answer => {
  return { rcode, authoritative: true, answers, authorities: [], additionals: [], ...more };
};

/** Looks a name up. `shuffle` gives the order of several addresses, by which clients share the load. */
export function lookUp(cluster: Cluster, asked: Name, type: number, shuffle = randomOrder): Answer {
  const answers: Resource[] = [];
  let name = asked;
  for (let step = 0; step < longestChain; step += 1) {
    const found = find(cluster, name);
    // there is nothing outside of the cluster: no such name, unless a CNAME led there
    if (!found)
      return answers.length > 0
        ? answer(rcodes.noError, answers)
        : answer(rcodes.nxDomain, [], { authoritative: false });
    const negative = { authorities: [at(found.zone, soa())] };
    if (!found.records) return answer(rcodes.nxDomain, answers, negative);
    const own = [...found.records];
    if (keyOf(name) === keyOf(found.zone)) own.push(soa(), { type: types.NS, target: ['ns', 'dns', ...zone] });
    const alias = own.find((data): data is Alias => data.type === types.CNAME);
    const matching = own.filter((data) => type === types.ANY || data.type === type);
    answers.push(...shuffle(matching.map((data) => at(name, data))));
    if (matching.length > 0) return answer(rcodes.noError, answers, { additionals: additional(cluster, matching) });
    if (!alias) return answer(rcodes.noError, answers, negative);
    answers.push(at(name, alias));
    name = alias.target;
  }
  return answer(rcodes.servFail, []);
}

/** The addresses of what SRV records point at. */
function additional(cluster: Cluster, records: Data[]): Resource[] {
  const services = records.filter((data) => data.type === types.SRV);
  const targets = new Map(services.map(({ target }) => [keyOf(target), target]));
  return [...targets.values()].flatMap((target) =>
    (find(cluster, target)?.records ?? []).filter(({ type }) => type === types.A).map((data) => at(target, data)),
  );
}

/** The answer to a message; undefined for what must not be answered (an answer). */
export function respond(cluster: Cluster, query: Message, shuffle = randomOrder): Message | undefined {
  if (query.response) return undefined;
  return {
    ...query,
    response: true,
    truncated: false,
    recursionAvailable: false,
    edns: query.edns && { udpSize: udpLimit, version: 0 },
    ...answerTo(cluster, query, shuffle),
  };
}

function answerTo(cluster: Cluster, { edns, opcode, questions }: Message, shuffle: typeof randomOrder): Answer {
  const [question] = questions;
  const refuse = (rcode: number) => answer(rcode, [], { authoritative: false });
  if (edns && edns.version > 0) return refuse(rcodes.badVers);
  if (opcode !== 0) return refuse(rcodes.notImp);
  if (!question || questions.length > 1) return refuse(rcodes.formErr);
  if (question.class !== classIn && question.class !== classAny) return refuse(rcodes.refused);
  return lookUp(cluster, question.name, question.type, shuffle);
}

function randomOrder(records: Resource[]): Resource[] {
  const places = new Map(records.map((record) => [record, Math.random()]));
  return records.toSorted((a, b) => (places.get(a) as number) - (places.get(b) as number));
}
