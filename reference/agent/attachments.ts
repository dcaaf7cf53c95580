import { rmSync } from 'node:fs';
import { type IpDataplane, setLink } from '../dataplane/ip/index.ts';
import type { Run } from '../dataplane/run.ts';
import { macOf } from '../model/fabric.ts';
import type { LinkSetting } from '../model/spoofing.ts';
import {
  attachmentName,
  createLink,
  deleteLink,
  type Entry,
  inspectLink,
  Journal,
  Leases,
  listLinks,
  readDeletions,
} from './attachment/index.ts';
import { CniError, codes } from './cni/errors.ts';
import type { AttachmentRequest } from './cni/request.ts';
import { type Log, messageOf } from './log.ts';
import { type NodeFiles, paths } from './node.ts';
import type { Pass } from './reconciler.ts';
import { Serial } from './serial.ts';

/** What the attachments need of the rest of the agent. */
export interface Surroundings {
  run: Run;
  files: NodeFiles;
  hostRoot: string;
  ip: IpDataplane;
  /** Has policies, routes and host ports of the present attachments in the kernel; undefined while nothing is known. */
  sync: () => Promise<Pass | undefined>;
  /** Whether flows of the last owner of an address may still be there. */
  owesFlows: (address: string) => boolean;
  log: Log;
}

/** The attachments of this node: leases, journal, links and the list that the model sees are changed here alone. */
export class Attachments {
  readonly #entries = new Map<string, Entry>();
  #list: Entry[] = [];
  readonly #leases: Leases;
  readonly #journal: Journal;
  readonly #serial = new Serial();
  /** What is left over and could not be removed yet, by name: each is tried again by itself. */
  readonly #leftovers = new Map<string, { remove: () => Promise<void>; said: string }>();
  readonly #with: Surroundings;

  constructor(surroundings: Surroundings) {
    this.#with = surroundings;
    this.#leases = new Leases(surroundings.files.path(paths.leases));
    this.#journal = new Journal(surroundings.files.path(paths.attachments));
  }

  /** The same list as long as nothing is added or removed. */
  list(): Entry[] {
    const entries = [...this.#entries.values()];
    const isSame = entries.length === this.#list.length && entries.every((entry, i) => entry === this.#list[i]);
    if (!isSame) this.#list = entries;
    return this.#list;
  }

  /** How many addresses of the range nobody has. */
  free(range: string): number {
    return this.#leases.free(range);
  }

  /** Resolves when nothing is being added or removed. */
  idle(): Promise<void> {
    return this.#serial.idle();
  }

  /**
   * Attaches a container. `known` reads what decides about its policies. Then the rules go into the kernel while the
   * links are made; the attachment counts as made when both are there. A failure undoes every step before it.
   */
  add(request: AttachmentRequest, range: string, mtu: number, known: () => Promise<void>): Promise<Entry> {
    const { containerId, ifname, netns, network, pod, portMappings } = request;
    const name = attachmentName(containerId, ifname);
    const { run, files, hostRoot, ip, log } = this.#with;
    return this.#serial.run(name, async () => {
      this.#leftovers.delete(name);
      if (this.#entries.has(name)) {
        throw new CniError(codes.attachmentExists, `container ${containerId} has an attachment ${ifname} already`);
      }
      checkNetns(files, request);
      const address = this.#leases.reserve(range, containerId, ifname);
      if (address === undefined) {
        throw new CniError(codes.tryAgain, `no address is free in ${range}`, 'every address of the node has its Pod');
      }
      const owner = { namespace: pod?.namespace ?? '', pod: pod?.name ?? '', uid: pod?.uid ?? '' };
      const link = { netns, ip: address, hostInterface: name, mac: macOf(address), mtu };
      const entry: Entry = { format: 1, network, containerId, ifname, ...owner, ...link, portMappings };
      try {
        this.#journal.write(entry);
        ip.linkBegun(name, address);
        this.#entries.set(name, entry);
        // both are waited for, whatever the other does: an undo must not run beside a link that is just being made
        const [made, pass] = await Promise.allSettled([
          createLink(run, entry),
          known().then(() => this.#synced(address)),
        ]);
        if (made.status === 'rejected') throw made.reason as Error;
        if (pass.status === 'rejected') throw pass.reason as Error;
        const wrong = setLink(hostRoot, name, pass.value.desired.spoofing.linkSettings);
        if (wrong.length > 0) throw new CniError(codes.dataplane, `the node does not take ${wrong.join(' ')}`);
        ip.linkMade(name, address, true);
        // what is set on the link itself had to wait for it
        if (entry.portMappings.length > 0) await this.#synced(address);
        return entry;
      } catch (error) {
        await this.#remove(entry).catch((problem) => log('undoing a failed ADD failed', { error: messageOf(problem) }));
        throw error;
      }
    });
  }

  /** Sets what ADD sets on links that are there: an agent before this one may not have, and others may write it. */
  secure(settings: LinkSetting[]): void {
    const { hostRoot, log } = this.#with;
    for (const { hostInterface } of this.list()) {
      const wrong = this.#serial.busy(hostInterface) ? [] : setLink(hostRoot, hostInterface, settings);
      if (wrong.length > 0) log('the node does not take settings of a link', { settings: wrong });
    }
  }

  /** Detaches a container. What is gone, or never was, is as good as removed. */
  remove(containerId: string, ifname: string): Promise<void> {
    const name = attachmentName(containerId, ifname);
    return this.#serial.run(name, async () => {
      const entry = this.#entries.get(name);
      if (entry !== undefined) return this.#remove(entry);
      await deleteLink(this.#with.run, name);
      for (const { address } of this.#leases.list()) this.#leases.release(address, containerId, ifname);
      this.#journal.remove(containerId, ifname);
    });
  }

  /** What is not as ADD left it, in sentences. */
  async check({ containerId, ifname, netns, previous }: AttachmentRequest): Promise<string[]> {
    const entry = this.#entries.get(attachmentName(containerId, ifname));
    if (entry === undefined) return [`container ${containerId} has no attachment ${ifname}`];
    const lease = this.#leases.read(entry.ip);
    const leased = lease?.containerId === containerId && lease.ifname === ifname;
    const interfaces = previous?.interfaces ?? [];
    const reported = interfaces.findIndex(({ name, sandbox }) => name === ifname && sandbox === netns);
    const addressed = previous?.ips.some((one) => one.address === `${entry.ip}/32` && one.interface === reported);
    return [
      leased ? [] : [`the address ${entry.ip} is not reserved for it`],
      reported === -1 ? [`"prevResult" has no interface ${ifname} in ${netns}`] : [],
      addressed === true ? [] : [`"prevResult" does not give ${ifname} the address ${entry.ip}/32`],
      await inspectLink(this.#with.run, { ...entry, netns }),
    ].flat();
  }

  /** Removes this network's attachments that are not listed. Goes on after errors; resolves with all of them. */
  async collect(network: string, valid: { containerID: string; ifname: string }[]): Promise<string[]> {
    const names = new Set(valid.map(({ containerID, ifname }) => attachmentName(containerID, ifname)));
    const stale = this.list().filter((entry) => entry.network === network && !names.has(entry.hostInterface));
    const results = await Promise.allSettled(stale.map((entry) => this.remove(entry.containerId, entry.ifname)));
    await this.#removeOrphans(await listLinks(this.#with.run), names);
    return results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : []));
  }

  /** Reads the journal. Before that nothing is known of attachments, so it comes before all requests. */
  load(): void {
    const { log, ip } = this.#with;
    for (const entry of this.#journal.load((file) => log('no journal entry; it is removed', { file }))) {
      this.#entries.set(entry.hostInterface, entry);
      ip.linkMade(entry.hostInterface, entry.ip, false);
    }
  }

  /**
   * Takes up the work where an agent before this one left it: attachments whose link is still there go on, all else
   * that bears netvet's name is removed. A host link goes with its Pod's namespace, so the link alone tells.
   */
  async repair(): Promise<void> {
    const present = await listLinks(this.#with.run);
    const dead = this.list().filter(
      (entry) => !present.has(entry.hostInterface) && !this.#serial.busy(entry.hostInterface),
    );
    if (dead.length > 0) {
      this.#with.log('attachments ended while no agent ran', { containers: dead.map((one) => one.containerId) });
    }
    // nobody waits for these: a link that cannot be deleted is no reason to take no Pods
    for (const entry of dead) void this.#clear(entry.hostInterface, () => this.#end(entry));
    Promise.all([this.workOff(), this.#removeOrphans(present, new Set())]).catch((error: unknown) =>
      this.#with.log('what is left over could not be looked at', { error: messageOf(error) }),
    );
    // the leases of attachments that lost theirs (somebody emptied the directory) are taken again
    for (const { ip: address, containerId, ifname } of this.list()) this.#leases.take(address, containerId, ifname);
  }

  /** Makes links anew that another program has taken away, of Pods whose network namespace is still there. */
  async restore(settings: LinkSetting[]): Promise<void> {
    const { run, files, hostRoot, ip, log } = this.#with;
    const present = await listLinks(run);
    const gone = this.list().filter(({ hostInterface: name }) => !present.has(name) && !this.#serial.busy(name));
    const make = async (entry: Entry): Promise<void> => {
      const { hostInterface: name, netns, ip: address } = entry;
      if (this.#entries.get(name) !== entry || files.netns(netns) !== 'other') return;
      // an ADD may have made it since the links were listed
      if ((await listLinks(run)).has(name)) return;
      await createLink(run, entry);
      const wrong = setLink(hostRoot, name, settings);
      if (wrong.length > 0) throw new Error(`the node does not take ${wrong.join(' ')}`);
      ip.linkMade(name, address, true);
      log('the link of a Pod had gone and was made anew', { pod: `${entry.namespace}/${entry.pod}`, link: name });
    };
    const made = gone.map((entry) =>
      this.#serial
        .run(entry.hostInterface, () => make(entry))
        .catch((error) => log('the link of a Pod could not be made anew', { error: messageOf(error) })),
    );
    await Promise.all(made);
  }

  /** Carries out DELs that the plugin wrote down while no agent answered, and what could not be removed before. */
  async workOff(): Promise<void> {
    const { files, log } = this.#with;
    const report = (file: string, error: unknown) => log('a DEL cannot be read', { file, error: messageOf(error) });
    const isIdle = (name: string) => !this.#serial.busy(name);
    const again = [...this.#leftovers].filter(([name]) => isIdle(name));
    const written = readDeletions(files.path(paths.deletions), report)
      .map((one) => ({ ...one, name: attachmentName(one.containerId, one.ifname) }))
      .filter(({ name }) => isIdle(name) && !this.#leftovers.has(name));
    await Promise.all([
      ...again.map(([name, { remove }]) => this.#clear(name, remove)),
      ...written.map(({ file, containerId, ifname, name }) =>
        this.#clear(name, async () => {
          await this.remove(containerId, ifname);
          rmSync(file, { force: true });
        }),
      ),
    ]);
  }

  /** Removes what is left over, now or later. Never rejects. */
  async #clear(name: string, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
      this.#leftovers.delete(name);
    } catch (error) {
      this.#defer(name, remove, error);
    }
  }

  /** Has something removed later that could not be removed now. */
  #defer(name: string, remove: () => Promise<void>, error: unknown): void {
    const said = messageOf(error);
    const isNew = this.#leftovers.get(name)?.said !== said;
    if (isNew) this.#with.log('what is left over could not be removed; it is tried again', { link: name, error: said });
    this.#leftovers.set(name, { remove, said });
  }

  /** Removes an attachment, unless it is gone by then. */
  async #end(entry: Entry): Promise<void> {
    if (this.#entries.get(entry.hostInterface) === entry) await this.remove(entry.containerId, entry.ifname);
  }

  /** Resolves when the rules are in the kernel, and nothing that was allowed to another Pod goes on at this address. */
  async #synced(address: string): Promise<Pass> {
    const { sync, owesFlows } = this.#with;
    const pass = await sync();
    if (pass === undefined) throw new CniError(codes.tryAgain, 'the agent does not know the cluster yet');
    if (!owesFlows(address)) return pass;
    await pass.settled;
    if (!owesFlows(address)) return pass;
    const why = `connections of the Pod that had ${address} before could not be ended`;
    throw new CniError(codes.dataplane, why, "the agent's log says why; they are tried again");
  }

  async #remove(entry: Entry): Promise<void> {
    const { run, ip, sync, log } = this.#with;
    this.#entries.delete(entry.hostInterface);
    ip.linkGone(entry.hostInterface);
    const [link, pass] = await Promise.allSettled([deleteLink(run, entry.hostInterface), sync()]);
    // a dataplane that cannot be brought up to date is tried again by itself, and no ADD succeeds before it is
    if (pass.status === 'rejected') log('a DEL left something for later', { error: messageOf(pass.reason) });
    if (link.status === 'rejected') {
      this.#entries.set(entry.hostInterface, entry);
      this.#defer(entry.hostInterface, () => this.#end(entry), link.reason);
      throw link.reason as Error;
    }
    this.#leases.release(entry.ip, entry.containerId, entry.ifname);
    this.#journal.remove(entry.containerId, entry.ifname);
  }

  /** Leases and links of no attachment: a crash came between two steps. `spared`: names that count all the same. */
  async #removeOrphans(links: Set<string>, spared: Set<string>): Promise<void> {
    const { run, log } = this.#with;
    const orphan = (name: string) => !this.#entries.has(name) && !this.#serial.busy(name) && !spared.has(name);
    for (const { address, containerId, ifname } of this.#leases.list()) {
      if (orphan(attachmentName(containerId, ifname))) this.#leases.release(address, containerId, ifname);
    }
    const names = [...links].filter(orphan);
    if (names.length > 0) log('links without an attachment are removed', { links: names });
    const remove = (name: string) =>
      this.#serial.run(name, async () => (this.#entries.has(name) ? undefined : deleteLink(run, name)));
    await Promise.all(names.map((name) => this.#clear(name, () => remove(name))));
  }
}

/** A runtime must name a namespace that is there, and not the node's (code 8, as the Go library's skel has it). */
function checkNetns(files: NodeFiles, { netns, netnsOverride }: AttachmentRequest): void {
  const kind = files.netns(netns);
  if (kind === 'missing') throw new CniError(codes.badNetns, `the network namespace ${netns} does not exist`);
  if (kind === 'no namespace') throw new CniError(codes.badNetns, `${netns} is no network namespace`);
  if (kind === 'own' && !netnsOverride) {
    throw new CniError(codes.badNetns, `${netns} is the node's own network namespace`);
  }
}
