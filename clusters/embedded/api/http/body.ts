/** A request's body: read whole, and understood by its Content-Type. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { ApiError } from '../../objects.ts';
import { badRequest, unsupportedType } from '../errors.ts';
import { decodeProtobuf } from '../schema/protobuf.ts';

/** What the real server takes, in bytes. */
const limit = 3 * 1024 * 1024;

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // read to its end all the same: a client that is still sending would not see the answer
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`, {});
  return Buffer.concat(chunks);
}

export const readText = async (request: IncomingMessage): Promise<string> =>
  (await readBytes(request)).toString('utf8');

/** The media type alone, without its parameters. */
export const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';

const types = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** An object in JSON, YAML or protobuf; undefined without a body. Throws 415 for other types, 400 for other texts. */
export async function readObject(request: IncomingMessage): Promise<unknown> {
  const type = mediaType(request);
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  if (!types.includes(type)) throw unsupportedType(types);
  if (type === types[2])
    try {
      return decodeProtobuf(bytes);
    } catch (error) {
      throw badRequest(`couldn't decode the body: ${(error as Error).message}`);
    }
  return parseText(bytes.toString('utf8'), (why) => `couldn't get version/kind; json parse error: ${why}`);
}

/** JSON or YAML: what begins like JSON is JSON, being the more frequent and the quicker one. */
export function parseText(text: string, message: (why: string) => string): unknown {
  try {
    return /^\s*[{[]/.test(text) ? JSON.parse(text) : parse(text);
  } catch (error) {
    throw badRequest(message((error as Error).message));
  }
}
