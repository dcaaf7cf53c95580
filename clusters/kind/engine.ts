/**
 * The container engine that kind clusters run on: a Docker or Podman that answers, or netvet's own (clusters/offline),
 * which runs in a network namespace of its own. Programs that talk to a cluster on the latter have to be in there too.
 */
import { existsSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { namespacePath, ownHost, socket } from '../offline/engine/paths.ts';

export interface Engine {
  /** As in DOCKER_HOST. */
  host: string;
  /** Started by `netvet engine start`. */
  own: boolean;
  docker: Docker;
}

/** Milliseconds for an engine to say that it is there. One that starts by socket activation takes a second or two. */
const answerMs = 5_000;

/**
 * The engine to use, as in DOCKER_HOST: what that says, else the first socket that there is of Docker, Podman (in the
 * order in which other tools look for them), and netvet's own engine. Undefined where there is none.
 */
function engineHost(): string | undefined {
  const named = process.env['DOCKER_HOST'];
  if (named) return named;
  const runtime = process.env['XDG_RUNTIME_DIR'];
  const ofUser = runtime === undefined ? [] : [`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`];
  const sockets = ['/var/run/docker.sock', ...ofUser, '/run/podman/podman.sock', socket];
  const found = sockets.find((path) => existsSync(path));
  return found && `unix://${found}`;
}

export function dockerAt(host: string): Docker {
  const { protocol, hostname, port, pathname } = new URL(host);
  if (protocol === 'unix:') return new Docker({ socketPath: pathname });
  // TLS and ssh are dockerode's own business, from the same variables that the docker command reads
  if (protocol !== 'tcp:' || process.env['DOCKER_TLS_VERIFY']) return new Docker();
  return new Docker({ protocol: 'http', host: hostname, port: port || 2375 });
}

/** The engine that engineHost() names, or why there is none, as a sentence. */
export async function findEngine(): Promise<Engine | { missing: string }> {
  const host = engineHost();
  if (host === undefined) return { missing: 'no Docker or Podman was found' };
  try {
    const docker = dockerAt(host);
    await Promise.race([
      docker.ping(),
      delay(answerMs, undefined, { ref: false }).then(() => {
        throw new Error(`not within ${answerMs / 1000} s`);
      }),
    ]);
    return { host, own: host === ownHost, docker };
  } catch (error) {
    return { missing: `no container engine answers at ${host} (${(error as Error).message})` };
  }
}

/**
 * What to put in front of a command so that it reaches clusters on the engine: entering the network namespace of
 * netvet's own engine; nothing for any other engine, or where this process is inside already.
 */
export function engineEntry(): string[] {
  if (engineHost() !== ownHost || !existsSync(namespacePath)) return [];
  const isInside = readlinkSync('/proc/self/ns/net') === `net:[${statSync(namespacePath).ino}]`;
  return isInside ? [] : ['nsenter', `--net=${namespacePath}`, '--'];
}

/** Resolves when a pull or a build that the engine tells of has ended. Rejects with the engine's own words. */
export function ended(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error, output: { error?: string }[]) => {
      const said = output?.find((each) => each.error !== undefined)?.error;
      if (error || said) reject(new Error(said ?? error?.message));
      else resolve();
    });
  });
}
