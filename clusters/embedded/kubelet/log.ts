/** What a container prints: the newest part in memory for `kubectl logs`, all of it in a file of the node. */
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogLine {
  /** RFC 3339 with microseconds. */
  time: string;
  text: string;
}

/** Older lines are dropped beyond this many characters; the file is begun anew beyond four times as many. */
const keptCharacters = 1 << 20;

export class ContainerLog {
  readonly lines: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #attached = new Set<(stream: 'stdout' | 'stderr', text: string) => void>();
  readonly #file: number;
  readonly #partial = { stdout: '', stderr: '' };
  #dropped = 0;
  #size = 0;
  #written = 0;
  #ended = false;

  /** `path`: the file, in the format of the Container Runtime Interface. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    if (this.#ended) return;
    for (const hear of this.#attached) hear(stream, text);
    // a long line is put together once, and not again with each part of it
    const end = text.lastIndexOf('\n');
    if (end >= 0) this.#append(stream, (this.#partial[stream] + text.slice(0, end)).split('\n'));
    this.#partial[stream] = end < 0 ? this.#partial[stream] + text : text.slice(end + 1);
  }

  /** No more will come: what has no newline yet is a line. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const)
      if (this.#partial[stream] !== '') this.#append(stream, [this.#partial[stream]]);
    this.#ended = true;
    closeSync(this.#file);
    this.#tell();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Lines from number `from` on (counted from the first ever printed), and the number after the last. */
  since(from: number): { lines: LogLine[]; next: number } {
    return { lines: this.lines.slice(Math.max(0, from - this.#dropped)), next: this.#dropped + this.lines.length };
  }

  /** Calls `listener` after each addition and at the end. Gives the function that stops it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `hear` with all that is printed from now on, whole lines or not. Gives the function that stops it. */
  attach(hear: (stream: 'stdout' | 'stderr', text: string) => void): () => void {
    this.#attached.add(hear);
    return () => this.#attached.delete(hear);
  }

  #append(stream: 'stdout' | 'stderr', texts: string[]): void {
    const time = new Date().toISOString();
    let block = '';
    for (const text of texts) {
      this.lines.push({ time, text });
      this.#size += text.length;
      block += `${time} ${stream} F ${text}\n`;
    }
    while (this.#size > keptCharacters && this.lines.length > 1) {
      this.#size -= this.lines.shift()?.text.length ?? 0;
      this.#dropped += 1;
    }
    this.#record(block);
    this.#tell();
  }

  #record(block: string): void {
    try {
      if (this.#written > 4 * keptCharacters) {
        ftruncateSync(this.#file);
        this.#written = 0;
      }
      this.#written += writeSync(this.#file, block);
    } catch {
      // the node's /var/log is full: the lines in memory are what is served
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
