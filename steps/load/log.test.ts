import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { BrokenError } from '../outcome.ts';
import { followLog } from './log.ts';

describe('following a log', () => {
  let answer: (response: ServerResponse) => void = () => undefined;
  let asked = '';
  const server = createServer((request, response) => {
    asked = request.url ?? '';
    answer(response);
  });
  const config = new KubeConfig();
  const source = { namespace: 'shop', pod: 'web-1', container: 'frontend' };

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    config.loadFromClusterAndUser(
      { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'me' },
    );
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives every line, however the text is cut, and ends with the log', async () => {
    answer = (response) => {
      response.write('first\nsec');
      setTimeout(() => response.end('ond\nlast without an end'), 20);
    };
    const lines: string[] = [];
    await followLog({ config }, source, (line) => lines.push(line));
    assert.deepEqual(lines, ['first', 'second', 'last without an end']);
    assert.match(asked, /^\/api\/v1\/namespaces\/shop\/pods\/web-1\/log\?container=frontend&follow=true/);
  });

  it('is broken when the stream breaks', async () => {
    answer = (response) => {
      response.write('first\n');
      setTimeout(() => response.destroy(), 20);
    };
    await assert.rejects(
      followLog({ config }, source, () => undefined),
      BrokenError,
    );
  });

  it('is broken when the API refuses', async () => {
    answer = (response) => response.writeHead(404).end('{}');
    await assert.rejects(
      followLog({ config }, source, () => undefined),
      /the log of frontend in web-1 was lost/,
    );
  });
});
