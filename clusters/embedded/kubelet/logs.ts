/** What a container prints: the newest part in memory for `kubectl logs`, all of it in a file of the node. */
import { EventEmitter, once } from 'node:events';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogOptions } from '../objects.ts';

type Stream = 'stdout' | 'stderr';

interface LogLine {
  /** RFC 3339 with microseconds. */
  time: string;
  text: string;
}

/** Older lines are dropped beyond this many characters; the file is begun anew beyond four times as many. */
const keptCharacters = 1 << 20;

export class ContainerLog {
  readonly lines: LogLine[] = [];
  /** `output`: what is printed, whole lines or not. `more`: after each addition of lines, and at the end. */
  readonly events = new EventEmitter<{ output: [stream: Stream, text: string]; more: [] }>().setMaxListeners(0);
  readonly #file: number;
  readonly #partial = { stdout: '', stderr: '' };
  #dropped = 0;
  #size = 0;
  #written = 0;
  ended = false;

  /** `path`: the file, in the format of the Container Runtime Interface. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
  }

  write(stream: Stream, text: string): void {
    if (this.ended) return;
    this.events.emit('output', stream, text);
    // a long line is put together once, and not again with each part of it
    const end = text.lastIndexOf('\n');
    if (end >= 0) this.#append(stream, (this.#partial[stream] + text.slice(0, end)).split('\n'));
    this.#partial[stream] = end < 0 ? this.#partial[stream] + text : text.slice(end + 1);
  }

  /** No more will come: what has no newline yet is a line. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const)
      if (this.#partial[stream] !== '') this.#append(stream, [this.#partial[stream]]);
    this.ended = true;
    closeSync(this.#file);
    this.events.emit('more');
  }

  /** Lines from number `from` on (counted from the first ever printed), and the number after the last. */
  since(from: number): { lines: LogLine[]; next: number } {
    return { lines: this.lines.slice(Math.max(0, from - this.#dropped)), next: this.#dropped + this.lines.length };
  }

  #append(stream: Stream, texts: string[]): void {
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
    this.events.emit('more');
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
}

/** Writes what there is; with `follow`, what comes, until the log ends or the signal fires. Waits for a slow reader. */
export async function writeLog(log: ContainerLog, out: NodeJS.WritableStream, options: LogOptions): Promise<void> {
  const { follow = false, tailLines, timestamps = false, signal } = options;
  const write = async (lines: LogLine[]) => {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${timestamps ? `${line.time} ` : ''}${line.text}\n`).join('');
    if (!out.write(text) && !signal.aborted) await once(out, 'drain', { signal }).catch(() => {});
  };
  let { lines, next } = log.since(0);
  await write(tailLines === undefined ? lines : tailLines === 0 ? [] : lines.slice(-tailLines));
  if (!follow) return;
  while (!signal.aborted) {
    ({ lines, next } = log.since(next));
    if (lines.length > 0) await write(lines);
    else if (log.ended) return;
    else await once(log.events, 'more', { signal }).catch(() => {});
  }
}
