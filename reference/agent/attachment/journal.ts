import { readFileSync, rmSync } from 'node:fs';
import type { Attachment } from '../../model/types.ts';
import { namesIn, replaceFile } from '../node.ts';
import { attachmentName } from './names.ts';

/** One attachment as it is on disk: all that DEL needs. */
export interface Entry extends Attachment {
  format: 1;
  /** Name of the CNI network that it belongs to. */
  network: string;
}

/**
 * The journal: one file an attachment, written before the first link is made and removed after everything else, so that
 * whatever a crash leaves behind has an entry. Files are replaced by rename. There is no fsync: after a power failure
 * there are no Pods to know of.
 */
export class Journal {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  write(entry: Entry): void {
    replaceFile(this.#file(entry.containerId, entry.ifname), `${JSON.stringify(entry)}\n`, 0o600);
  }

  remove(containerId: string, ifname: string): void {
    rmSync(this.#file(containerId, ifname), { force: true });
  }

  /**
   * All entries. What cannot be read as one (a disk that failed) is reported and removed: its lease is freed by repair.
   * Throws for an entry of another version of netvet: taking it for garbage would cut a living Pod off.
   */
  load(report: (problem: string) => void): Entry[] {
    return namesIn(this.#directory).flatMap((name) => {
      const file = `${this.#directory}/${name}`;
      const entry = parse(readFileSync(file, 'utf8'));
      if (entry?.format !== undefined && entry.format !== 1) {
        throw new Error(`${file} was written by another version of netvet (format ${String(entry.format)})`);
      }
      if (entry?.format === 1 && name === `${attachmentName(entry.containerId, entry.ifname)}.json`) return [entry];
      report(file);
      rmSync(file, { force: true });
      return [];
    });
  }

  #file(containerId: string, ifname: string): string {
    return `${this.#directory}/${attachmentName(containerId, ifname)}.json`;
  }
}

function parse(text: string): Entry | undefined {
  try {
    return (JSON.parse(text) as Entry | null) ?? undefined;
  } catch {
    return undefined;
  }
}
