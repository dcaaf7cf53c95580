/** Answers questions from what is known of the cluster. */
import type { Directory } from './directory.ts';
import {
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

/** Seconds that an answer, also a negative one, may be kept: names must follow the cluster. CoreDNS's own default. */
const ttl = 5;

/** How far CNAMEs are followed: ExternalName Services can point at each other. */
const longestChain = 8;

/** The largest UDP answer that is not fragmented anywhere (https://www.dnsflagday.net/2020/). */
export const udpLimit = 1232;

interface Answer {
  rcode: number;
  authoritative: boolean;
  answers: Resource[];
  authorities: Resource[];
  additionals: Resource[];
}

const reverse: Name = ['in-addr', 'arpa'];
const reverse6: Name = ['ip6', 'arpa'];

/** The labels of `name` before `suffix`, in lower case; undefined if it does not end so. */
function below(name: Name, suffix: Name): Name | undefined {
  const lower = name.map((label) => label.toLowerCase());
  const cut = lower.length - suffix.length;
  return cut >= 0 && suffix.every((label, i) => lower[cut + i] === label) ? lower.slice(0, cut) : undefined;
}

/** Records at a name, and the zone that says so; undefined for names of no zone of this server. */
function find(directory: Directory, name: Name): { zone: Name; records: Records } | undefined {
  const inside = below(name, zone);
  if (inside) return { zone, records: recordsInZone(directory, inside) };
  const address = below(name, reverse);
  if (address) return { zone: reverse, records: recordsInReverse(directory, address) };
  if (below(name, reverse6)) return { zone: reverse6, records: undefined };
  return undefined;
}

const isAlias = (data: Data): data is Extract<Data, { target: Name }> => data.type === types.CNAME;

const at = (name: Name, data: Data): Resource => ({ name, class: classIn, ttl, ...data });

/** The zone's own record; after a negative answer it says for how long. RFC 2308 section 3. */
function soa(name: Name): Resource {
  return at(name, {
    type: types.SOA,
    primary: ['ns', 'dns', ...zone],
    mailbox: ['hostmaster', ...zone],
    serial: Math.floor(Date.now() / 1000) % 2 ** 32,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  });
}

/** Looks a name up. `shuffle` gives the order of several addresses, by which clients share the load. */
export function lookUp(directory: Directory, asked: Name, type: number, shuffle = randomOrder): Answer {
  const answers: Resource[] = [];
  let name = asked;
  for (let step = 0; step < longestChain; step += 1) {
    const found = find(directory, name);
    // there is nothing outside of the cluster: no such name, unless a CNAME led there
    if (!found) return done(answers.length > 0 ? rcodes.noError : rcodes.nxDomain, answers, [], answers.length > 0);
    if (!found.records) return done(rcodes.nxDomain, answers, [soa(found.zone)]);
    const own = [...found.records];
    if (keyOf(name) === keyOf(found.zone)) own.push(...apex(found.zone));
    const alias = own.find(isAlias);
    const matching = own.filter((data) => type === types.ANY || data.type === type);
    answers.push(...shuffle(matching.map((data) => at(name, data))));
    if (matching.length > 0) return done(rcodes.noError, answers, [], true, additional(directory, matching));
    if (!alias) return done(rcodes.noError, answers, [soa(found.zone)]);
    answers.push(at(name, alias));
    name = alias.target;
  }
  return done(rcodes.servFail, [], []);
}

function done(
  rcode: number,
  answers: Resource[],
  authorities: Resource[],
  authoritative = true,
  additionals: Resource[] = [],
): Answer {
  return { rcode, authoritative, answers, authorities, additionals };
}

function apex(name: Name): Data[] {
  const { name: _name, class: _class, ttl: _ttl, ...data } = soa(name);
  return [data as Data, { type: types.NS, target: ['ns', 'dns', ...zone] }];
}

/** The addresses of what SRV records point at. */
function additional(directory: Directory, records: Data[]): Resource[] {
  const targets = new Map(
    records.flatMap((data) => (data.type === types.SRV ? [[keyOf(data.target), data.target]] : [])),
  );
  return [...targets.values()].flatMap((target) =>
    (find(directory, target)?.records ?? []).filter(({ type }) => type === types.A).map((data) => at(target, data)),
  );
}

/** The answer to a message; undefined for what must not be answered (an answer). */
export function respond(directory: Directory, query: Message, shuffle = randomOrder): Message | undefined {
  if (query.response) return undefined;
  const [question] = query.questions;
  const refuse = (rcode: number) => reply(query, done(rcode, [], [], false));
  if (query.edns && query.edns.version > 0) return refuse(rcodes.badVers);
  if (query.opcode !== 0) return refuse(rcodes.notImp);
  if (!question || query.questions.length > 1) return refuse(rcodes.formErr);
  if (question.class !== classIn && question.class !== classAny) return refuse(rcodes.refused);
  return reply(query, lookUp(directory, question.name, question.type, shuffle));
}

function reply(query: Message, answer: Answer): Message {
  const { id, opcode, recursionDesired, questions } = query;
  return {
    id,
    response: true,
    opcode,
    truncated: false,
    recursionDesired,
    recursionAvailable: false,
    questions,
    edns: query.edns && { udpSize: udpLimit, version: 0 },
    ...answer,
  };
}

function randomOrder(records: Resource[]): Resource[] {
  return records
    .map((record) => ({ record, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ record }) => record);
}
