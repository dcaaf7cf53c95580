import type { Follow } from '../../dataplane/follow.ts';
import { type IpDataplane, monitored } from '../../dataplane/ip/index.ts';
import { type Log, messageOf } from '../log.ts';
import type { Loss } from './loss.ts';

/** Changes come in bursts; in milliseconds. */
const gatherMs = 20;

interface LinksWatch {
  follow: Follow;
  ip: IpDataplane;
  loss: Loss;
  /** Looks whether all is there while no pass is under way. */
  inBetween: (look: () => Promise<boolean>) => Promise<boolean>;
  /** Asks for a pass. */
  pass: () => void;
  /** A link of a Pod has gone: has it made again. */
  restore: () => Promise<void>;
  log: Log;
}

/**
 * Listens to all that happens to links and routes, through `ip monitor`. What may be a loss is compared with the kernel
 * when our own changes have been made. Returns what ends it.
 */
export function watchLinks({ follow, ip, loss, inBetween, pass, restore, log }: LinksWatch): () => void {
  /** What was heard last of each thing. */
  const heard = new Map<string, ReturnType<IpDataplane['heard']> & object>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    timer = undefined;
    const all = [...heard.values()];
    heard.clear();
    // what goes with the link of a Pod is no loss: it comes back with the link
    if (all.some((one) => ip.isPodLinkGone(one))) await restore();
    const isThere = await inBetween(async () => !all.some((one) => ip.isSuspicious(one)) || (await ip.isThere()));
    if (isThere) return all.some((one) => ip.leadsOut(one)) ? pass() : undefined;
    loss.notice('ip does not say who');
  }

  const lookSoon = () => {
    timer ??= setTimeout(() => {
      look().catch((error: unknown) => log('links and routes could not be compared', { error: messageOf(error) }));
    }, gatherMs);
  };

  const end = follow(['ip', 'monitor', ...monitored], {
    begun: () => {},
    line(text) {
      const one = ip.heard(text);
      if (one === undefined) return;
      heard.set(`${one.kind} ${one.kind === 'route' ? one.destination : one.device}`, one);
      lookSoon();
    },
    ended: (lastLine) => log('ip monitor has ended: until it runs again, links are only compared', { lastLine }),
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
