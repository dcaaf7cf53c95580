/** GET .../pods/NAME/log */
import { Writable } from 'node:stream';
import { badRequest } from '../errors.ts';
import { asApiError, flag, type ResourceExchange } from './exchange.ts';
import { runningOf } from './kubelet.ts';

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
