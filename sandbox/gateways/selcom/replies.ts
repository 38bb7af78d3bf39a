import { type Fields, json, type Reply } from '../../http/message.js';
import type { World } from './world.js';

/** Paths below `/v1`. */
export const P = (path: string) => `/v1/${path}`;

/** A moment in East Africa: `2026-01-02 03:04:05`. */
export const localTime = (time: number) =>
  new Date(time + 3 * 3_600_000).toISOString().replace('T', ' ').replace(/\..*/, '');

/** Selcom's own number of an answer. */
export function number(world: World): string {
  if (world.switches.selcomSameReference) return '0289999288';
  return `02${String(world.random.bytes(4).readUInt32BE() % 100_000_000).padStart(8, '0')}`;
}

export interface Told {
  status?: number;
  transid?: string;
  code: string;
  result: string;
  message: string;
  data?: Fields[];
  /** Selcom's number of it, where it was given one before. */
  reference?: string;
}

/** The envelope of every answer. */
export function tell(
  world: World,
  { status = 200, transid, code, result, message, data = [], reference }: Told,
): Reply {
  const shapes = { list: data, object: data[0] ?? {}, missing: undefined };
  const body = {
    ...(transid !== undefined && { transid }),
    reference: reference ?? number(world),
    resultcode: code,
    result,
    message,
    data: shapes[world.switches.selcomData],
  };
  return json(status, body, { Date: new Date(world.clock.now()).toUTCString() });
}

export const done = (world: World, message: string, data: Fields[] = [], transid?: string): Reply =>
  tell(world, { code: '000', result: 'SUCCESS', message, data, ...(transid !== undefined && { transid }) });

export const fail = (world: World, code: string, message: string, transid?: string): Reply =>
  tell(world, { code, result: 'FAIL', message, ...(transid !== undefined && { transid }) });

/** A refusal before the request is looked at. */
export const forbidden = (world: World, message: string, status = 403): Reply =>
  tell(world, { status, code: String(status), result: 'FAIL', message });

export const unknown = (world: World, transid: string): Reply =>
  tell(world, {
    transid,
    code: '999',
    result: world.switches.selcomAmbiguousWord,
    // As Selcom spells it.
    message: 'No reponse from upstream system',
  });

export const amountOf = (world: World, amount: string): string | number =>
  world.switches.selcomNumbers ? Number(amount) : amount;
