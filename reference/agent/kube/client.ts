import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';

/** An answer of the API server that is no success. `code` is the HTTP status. */
export class ApiStatusError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'ApiStatusError';
    this.code = code;
  }
}

/** What comes of a stream. */
interface StreamEvents {
  value: (value: unknown) => void;
  /** The server is there: the stream has begun, or goes on. */
  heard: () => void;
}

/** The little of the Kubernetes API that the agent uses. Paths are absolute, e.g. /api/v1/pods?limit=500. */
export interface KubeClient {
  /** One object or list. Rejects with ApiStatusError or the connection's error, at the latest after `timeoutMs`. */
  get<T>(path: string, timeoutMs?: number): Promise<T>;
  /** Makes an object: `path` is that of its list. Rejects as `get` does. */
  post(path: string, object: object, timeoutMs?: number): Promise<void>;
  /**
   * Reads a stream of newline-delimited JSON. Resolves when the server ends it, or when nothing came for `idleMs`: a
   * connection that died without a word looks just like a quiet one, so a quiet one is opened anew. Resolves with
   * which of the two it was. Rejects when the server does not even begin within that time.
   */
  stream(path: string, on: StreamEvents, idleMs: number, signal: AbortSignal): Promise<'ended' | 'silent'>;
  close(): void;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Tokens are rotated on disk about every 50 minutes. */
const tokenAgeMs = 60_000;
/** A connection on which nothing comes is asked whether it is still there after this long, by TCP. */
const keepAliveMs = 15_000;

/**
 * A client for `server`, an http or https URL. It proves itself with the Pod's service account. Hand-written
 * because the agent needs three verbs, and the informers of the JavaScript client have stopped silently
 * (kubernetes-client/javascript issues 596, 958, 1933).
 */
export function createClient(server: string, credentials = serviceAccount): KubeClient {
  const secure = server.startsWith('https:');
  const { request, Agent } = secure ? https : http;
  const tls = secure ? { ca: readFileSync(`${credentials}/ca.crt`) } : {};
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: keepAliveMs, ...tls });
  let token = { value: '', readAt: Number.NEGATIVE_INFINITY };

  // over http only where there is one, as client-go does it
  const proves = secure || existsSync(`${credentials}/token`);
  function headers(): Record<string, string> {
    if (!proves) return { accept: 'application/json' };
    if (performance.now() - token.readAt > tokenAgeMs) {
      token = { value: readFileSync(`${credentials}/token`, 'utf8').trim(), readAt: performance.now() };
    }
    return { accept: 'application/json', authorization: `Bearer ${token.value}` };
  }

  /** Sends a GET and resolves with the answer's head; an error status is read to its end and thrown. */
  async function open(path: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    const sent = request(new URL(path, server), { agent, headers: headers(), signal });
    // after the head it is the answer that fails
    sent.on('error', () => {});
    // a peer that is gone without a word is noticed: after this long, and 10 questions a second apart
    sent.setSocketKeepAlive(true, keepAliveMs);
    sent.end();
    const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
    if (response.statusCode === 200) return response;
    throw new ApiStatusError(response.statusCode ?? 0, reason(await text(response)));
  }

  return {
    async post(path, object, timeoutMs = 10_000) {
      const more = { method: 'POST', signal: AbortSignal.timeout(timeoutMs) };
      const all = { ...headers(), 'content-type': 'application/json' };
      const sent = request(new URL(path, server), { agent, headers: all, ...more });
      sent.end(JSON.stringify(object));
      const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
      const body = await text(response);
      if (response.statusCode !== 201) throw new ApiStatusError(response.statusCode ?? 0, reason(body));
    },

    async get<T>(path: string, timeoutMs = 10_000): Promise<T> {
      const response = await open(path, AbortSignal.timeout(timeoutMs));
      return JSON.parse(await text(response)) as T;
    },

    async stream(path, on, idleMs, signal) {
      const idle = new AbortController();
      const timer = setTimeout(() => idle.abort(), idleMs);
      let begun = false;
      try {
        const response = await open(path, AbortSignal.any([signal, idle.signal]));
        begun = true;
        on.heard();
        response.setEncoding('utf8');
        let rest = '';
        for await (const chunk of response) {
          timer.refresh();
          on.heard();
          const lines = (rest + (chunk as string)).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line !== '') on.value(JSON.parse(line));
        }
        return 'ended';
      } catch (error) {
        if (!idle.signal.aborted) throw error;
        if (!begun) throw new Error(`no answer within ${idleMs / 1000} s`, { cause: error });
        return 'silent';
      } finally {
        clearTimeout(timer);
      }
    },

    close: () => agent.destroy(),
  };
}

/** The message of a metav1.Status, else what came. */
function reason(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}
