import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import {
  type Explanation,
  explain,
  type Half,
  type Question,
  type ServiceExplanation,
  type Snapshot,
} from '../model/index.ts';
import type { Answer } from './cni/verbs.ts';
import { paths } from './node.ts';

const usage =
  'usage: agent explain SOURCE DESTINATION PROTOCOL/PORT, as in: agent explain shop/frontend shop/database TCP/5432';

/** For an answer of the agent. */
const patienceMs = 10_000;

/** Exit codes of the command: allowed, denied, a question that cannot be answered. */
const exit = { allowed: 0, denied: 1, unanswered: 2 };

/** Answers a question from the agent's present knowledge, in sentences that name the policy and the rule. */
export function explainFor(snapshot: Snapshot | undefined, query: URLSearchParams): Answer {
  const question = parseQuestion([query.get('source'), query.get('destination'), query.get('port')]);
  if (question === undefined) return { exitCode: exit.unanswered, stdout: usage };
  if (snapshot === undefined) return { exitCode: exit.unanswered, stdout: 'the agent does not know the cluster yet' };
  try {
    const explanation = explain(snapshot, question);
    const denied = 'endpoints' in explanation ? explanation.endpoints.some(isDenied) : isDenied(explanation);
    return { exitCode: denied ? exit.denied : exit.allowed, stdout: sentences(question, explanation) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { exitCode: exit.unanswered, stdout: error.message };
  }
}

const isDenied = ({ verdict }: Explanation) => verdict === 'denied';

function parseQuestion([source, destination, target]: (string | null | undefined)[]): Question | undefined {
  const [, protocol = '', port = ''] = /^(tcp|udp|sctp)\/(\d{1,5})$/i.exec(target ?? '') ?? [];
  if (!source || !destination || port === '' || Number(port) < 1 || Number(port) > 65535) return undefined;
  return { source, destination, protocol: protocol.toUpperCase() as Question['protocol'], port: Number(port) };
}

function sentences(question: Question, explanation: Explanation | ServiceExplanation): string {
  if (!('endpoints' in explanation)) return pair(question, explanation).join('\n');
  const { service, endpoints } = explanation;
  const head = `${question.destination} is Service ${service}`;
  if (endpoints.length === 0) return `${head}, which has no endpoint: the connection is rejected`;
  return [`${head}; policies judge the endpoint:`, ...endpoints.flatMap((one) => pair(question, one))].join('\n');
}

function pair({ source, destination, protocol, port }: Question, explanation: Explanation): string[] {
  const named = (asked: string, address: string) => (asked.includes('/') ? `${asked} (${address})` : address);
  const from = named(source, explanation.source);
  const to = destination.includes('/') ? named(destination, explanation.destination) : explanation.destination;
  return [
    `${explanation.verdict}: ${from} -> ${to} ${protocol}/${port}`,
    `  egress of ${from}: ${reason(explanation.egress)}`,
    `  ingress of ${to}: ${reason(explanation.ingress)}`,
  ];
}

function reason({ verdict, because, policies, policy, rule }: Half): string {
  const list = policies.length === 1 ? `policy ${policies[0]}` : `policies ${policies.join(', ')}`;
  const texts: Record<Half['because'], string> = {
    rule: `${verdict} by rule ${(rule ?? 0) + 1} of policy ${policy}`,
    'no rule': `${verdict}, because no rule of ${list} allows it`,
    'not isolated': `${verdict}, because no policy selects it in this direction`,
    'not a Pod': `${verdict}, because it is no Pod of the cluster`,
    'host network': `${verdict}, because it is on its node's network, where policies have no say`,
    'own node': `${verdict}, because a Pod and its own node always reach each other`,
    itself: `${verdict}, because a Pod always reaches itself`,
  };
  return texts[because];
}

/** The command `agent explain`: asks the agent of the node over its socket. Resolves with the exit code. */
export async function explainCommand(words: string[], hostRoot: string): Promise<number> {
  const [source, destination, port] = words;
  if (words.length !== 3 || parseQuestion([source, destination, port]) === undefined) {
    console.error(usage);
    return exit.unanswered;
  }
  const form = new URLSearchParams({ source: source ?? '', destination: destination ?? '', port: port ?? '' });
  try {
    const reply = await post(hostRoot + paths.socket, form.toString());
    const [head = '', ...lines] = reply.split('\n');
    console.log(lines.join('\n'));
    return Number(head.split(' ')[1] ?? exit.unanswered);
  } catch (error) {
    console.error(`the agent of this node does not answer on ${hostRoot}${paths.socket}: ${(error as Error).message}`);
    return exit.unanswered;
  }
}

async function post(socketPath: string, body: string): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs);
  const request = http.request({ socketPath, path: '/explain', method: 'POST', signal });
  // after the head it is the answer that fails
  request.on('error', () => {});
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return text(response);
}
