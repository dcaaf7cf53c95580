import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Envelope } from '@cucumber/messages';
import { conformance } from './conformance.ts';
import { html } from './html/index.ts';
import { junit } from './junit.ts';
import type { Run } from './model.ts';

/** Writes every report of a run into a directory. run.json comes first: the others can be made from it again. */
export async function writeReports(run: Run, directory: string): Promise<void> {
  await writeFiles(directory, {
    'run.json': () => `${JSON.stringify(run, undefined, 2)}\n`,
    'junit.xml': () => junit(run),
    'conformance.yaml': () => conformance(run),
    'index.html': () => html(run),
  });
}

/** Writes files into a directory, which is made. Each is moved to its place when whole: nobody reads half a file. */
export async function writeFiles(directory: string, files: Record<string, () => string>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await writeFile(temporary, text());
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** Opens `messages.ndjson` in a directory: cucumber's own record of a run, written as it comes, one message a line. */
export async function openMessages(directory: string) {
  await mkdir(directory, { recursive: true });
  const stream = createWriteStream(join(directory, 'messages.ndjson'));
  // a disk that is full must not end the run: the error is told on closing
  const done = finished(stream).catch((error: Error) => error);
  return {
    /** What comes after `close` is left out: a run that was cut short goes on talking for a moment. */
    write(envelope: Envelope): void {
      if (!stream.writableEnded) stream.write(`${JSON.stringify(envelope)}\n`);
    },
    /** Resolves when everything is in the file; rejects with what kept it from being written. */
    async close(): Promise<void> {
      stream.end();
      const error = await done;
      if (error instanceof Error) throw error;
    },
  };
}
