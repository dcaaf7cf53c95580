/** What a Pod's kubelet is asked: which container exec, attach and logs are about, and GET .../pods/NAME/log. */
import { Writable } from 'node:stream';
import { badRequest, internal } from '../errors.ts';
import { asApiError, flag, objectOf, type ResourceExchange } from './exchange.ts';

const names = (containers: { name: string }[] | undefined): string[] => (containers ?? []).map(({ name }) => name);

/** Finds the container that `?container=` names; a Pod's only one need not be named. No kubelet: it is on no node. */
export function runningOf(exchange: ResourceExchange) {
  const { target, kubelets, query } = exchange;
  const { spec, metadata } = objectOf(exchange);
  const { name } = metadata;
  const own = names(spec.containers);
  const others = names(spec.initContainers).concat(names(spec.ephemeralContainers));
  const wanted = query.get('container') ?? '';
  if (wanted === '' && own.length > 1) {
    const choice = others.length > 0 ? ` or one of the init containers: [${others.join(' ')}]` : '';
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${choice}`);
  }
  const container = wanted || (own[0] as string);
  if (![...own, ...others].includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const node: string | undefined = spec.nodeName;
  const kubelet = node ? kubelets(node) : undefined;
  if (node && !kubelet) throw internal(`error dialing backend: no kubelet answers on node ${node}`);
  return { namespace: target.namespace as string, pod: name, container, kubelet };
}

/** A kubelet that refuses does so at once; a stream that is quiet this long (milliseconds) has begun. */
const refusesWithin = 50;

function tailOf(query: URLSearchParams): number | undefined {
  const text = query.get('tailLines');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`tailLines: Invalid value: "${text}": must be greater than or equal to 0`);
}

export async function logs(exchange: ResourceExchange): Promise<void> {
  const { response, query } = exchange;
  const { kubelet, ...where } = runningOf(exchange);
  const tailLines = tailOf(query);
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
  };
  // a Pod on no node has said nothing
  if (!kubelet) {
    begin();
    return void response.end();
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const out = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      begin();
      if (response.destroyed) callback();
      else response.write(chunk, () => callback());
    },
  });
  const started = setTimeout(begin, refusesWithin);
  try {
    await kubelet.logs(where, out, {
      follow: flag(query, 'follow'),
      previous: flag(query, 'previous'),
      timestamps: flag(query, 'timestamps'),
      ...(tailLines !== undefined && { tailLines }),
      signal: gone.signal,
    });
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!response.headersSent) throw error;
    response.write(`${asApiError(error).message}\n`);
  } finally {
    clearTimeout(started);
  }
  begin();
  response.end();
}
