import { type Attachment, AttachmentContentEncoding } from '@cucumber/messages';
import type { Cell, Load, Looks, Measurement } from './model.ts';
import { anyText, atLeastZero, list, mapOf, number, object, oneOf, type Shape, text, wholeNumber } from './shape.ts';

/**
 * How steps hand results to the report: `world.attach(JSON.stringify(value), mediaType)`. Neither side imports the
 * other: these names, and those in steps/outcome.ts, are the contract between them.
 */
export const mediaTypes = {
  /** Measurement, or a list of them. */
  measurement: 'application/vnd.netvet.measurement+json',
  /** Cell[]: the matrix as it was at the end of the step. */
  cells: 'application/vnd.netvet.cells+json',
  /** Looks: of one step, or of one scenario's end. */
  looks: 'application/vnd.netvet.looks+json',
  /** Load without `scenario`, which is filled in. */
  load: 'application/vnd.netvet.load+json',
  /**
   * {status, reason}. skipped: the step or hook then returns 'skipped'. broken: whatever cucumber says of the step.
   * observed: what was seen is implementation-defined, so a pass is reported as that.
   */
  outcome: 'application/vnd.netvet.outcome+json',
} as const;

export type Kind = keyof typeof mediaTypes;

/** What attachments of each kind hold. */
interface Contents {
  measurement: Measurement[];
  cells: Cell[];
  looks: Looks;
  load: Omit<Load, 'scenario'>;
  outcome: { status: 'skipped' | 'broken' | 'observed'; reason: string };
}

export type Evidence = { [K in Kind]: { kind: K; value: Contents[K] } }[Kind];

const measurement = object({ name: text, value: number, unit: anyText });
const latency = object({ p50: atLeastZero, p90: atLeastZero, p95: atLeastZero, p99: atLeastZero, max: atLeastZero });
const point = object({ second: number, sent: atLeastZero, lost: atLeastZero, p50: atLeastZero, p95: atLeastZero });

const shapes: Record<Kind, Shape> = {
  measurement: list(measurement),
  cells: list(
    object({
      from: text,
      to: text,
      port: wholeNumber(0, 65535),
      protocol: oneOf('TCP', 'UDP'),
      expected: oneOf('allowed', 'denied'),
      verdict: oneOf('allowed', 'dropped', 'rejected', 'leaked', 'unserved', 'broken'),
    }),
  ),
  looks: object({ sound: atLeastZero, void: atLeastZero, longestMs: atLeastZero }),
  load: object({
    series: list(
      object({
        name: text,
        sent: atLeastZero,
        answered: atLeastZero,
        lost: mapOf(atLeastZero),
        latency,
        points: list(point),
      }),
    ),
    events: list(object({ second: number, label: text })),
  }),
  outcome: object({ status: oneOf('skipped', 'broken', 'observed'), reason: text }),
};

const kinds = new Map<string, Kind>(Object.entries(mediaTypes).map(([kind, mediaType]) => [mediaType, kind as Kind]));

/** Undefined for those that are not netvet's. One that cannot be read is evidence of a break: no figure gets lost. */
export function readAttachment(attachment: Attachment): Evidence | undefined {
  if (!attachment.mediaType.startsWith('application/vnd.netvet.')) return undefined;
  const kind = kinds.get(attachment.mediaType);
  if (kind === undefined) return broken(`an attachment of the unknown type ${attachment.mediaType}`);
  let value: unknown;
  try {
    value = JSON.parse(body(attachment));
  } catch (error) {
    return broken(`an attachment of ${kind} that is not JSON: ${(error as Error).message}`);
  }
  if (kind === 'measurement' && !Array.isArray(value)) value = [value];
  const faults = shapes[kind](value, kind);
  if (faults.length > 0) return broken(`an attachment that cannot be read: ${faults.slice(0, 3).join('; ')}`);
  return { kind, value } as Evidence;
}

/** The attachment's text. */
export function body(attachment: Attachment): string {
  const encoded = attachment.contentEncoding === AttachmentContentEncoding.BASE64;
  return encoded ? Buffer.from(attachment.body, 'base64').toString('utf8') : attachment.body;
}

function broken(reason: string): Evidence {
  return { kind: 'outcome', value: { status: 'broken', reason } };
}
