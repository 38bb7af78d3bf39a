import { type Fields, json, type Reply } from '../../http/message.js';
import type { World } from './world.js';

export const HEADERS = { 'Cache-Control': 'no-cache', Pragma: 'no-cache', Expires: '-1' };

/** A business error: HTTP 200, the error inside, status "500". */
export function pesapalError(world: World, error_type: string, code: string, message: string): Reply {
  const body = { error: { error_type, code, message }, status: envelopeStatus(world, '500') };
  return json(200, world.switches.pesapalMessageAsJson ? { message: JSON.stringify(body) } : body, HEADERS);
}

interface Envelope {
  message?: string;
  status?: '200' | '500';
  /** How this call spells "no error" unless the switch says otherwise. */
  noError?: 'null' | 'absent';
}

export function pesapalOk(world: World, body: Fields, { message, status = '200', noError }: Envelope = {}): Reply {
  const none = noMembers(world, noError);
  return json(
    200,
    {
      ...body,
      ...(none !== undefined && { error: none }),
      status: envelopeStatus(world, status),
      ...(message !== undefined && { message }),
    },
    HEADERS,
  );
}

/** "No error" in the spelling that the switch asks for; undefined leaves the member out. */
export function noMembers(world: World, ordinary?: 'null' | 'absent'): Fields | null | undefined {
  const how = world.switches.pesapalErrorMember;
  const spelling = how === 'nulls' ? (ordinary ?? 'nulls') : how;
  if (spelling === 'absent') return undefined;
  if (spelling === 'null') return null;
  return { error_type: null, code: null, message: null, ...(spelling === 'nulls-4' && { call_back_url: null }) };
}

export const envelopeStatus = (world: World, status: '200' | '500') =>
  world.switches.pesapalStatusAsNumber ? Number(status) : status;

/** A date without zone as .NET prints it, with up to seven digits of a second. */
export function dotNetDate(world: World, time: number, digits: number): string {
  const text = new Date(time).toISOString().slice(0, -1);
  const padded =
    digits > 3
      ? text +
        String(1000 + (time % 997))
          .padStart(digits - 3, '0')
          .slice(0, digits - 3)
      : text;
  return world.switches.pesapalTrimFractions ? padded.replace(/\.?0+$/, '') : padded;
}

/** East Africa's local time, which statuses carry without saying so. */
export const EAST_AFRICA_MS = 3 * 3_600_000;
