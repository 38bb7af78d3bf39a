import { json, type Reply, textOf } from '../../http/message.js';
import { refuseChecksum, refuseLongText } from './checks.js';
import { created, nest, nestList, P } from './replies.js';
import type { Call, Route } from './world.js';

const MAX_MANDATES = 1_000;

/**
 * No source tells the fields of a mandate: what comes is kept, and told again. The answer's shape is our own choice.
 */
function request({ world, fields }: Call): Reply {
  if (!fields) return nestList('Unexpected end of JSON input');
  const refused = refuseChecksum(fields, world) ?? refuseLongText(fields);
  if (refused) return refused;
  const { mandates } = world.own;
  if (mandates.size >= MAX_MANDATES) mandates.delete(mandates.keys().next().value ?? '');
  const mandateRequestId = `MND${world.random.receipt(7)}`;
  const mandate = { ...fields, mandateRequestId, status: 'PENDING' };
  mandates.set(mandateRequestId, mandate);
  return created(world, mandate);
}

function read({ world, params: { id = '' } }: Call): Reply {
  const mandate = world.own.mandates.get(id);
  return mandate ? json(200, mandate) : nest(404, `Invalid or missing mandate: ${id}`);
}

function cancel({ world, fields = {} }: Call): Reply {
  const refused = refuseChecksum(fields, world);
  if (refused) return refused;
  const mandate = world.own.mandates.get(textOf(fields['mandateRequestId']));
  if (!mandate) return nest(404, 'Invalid or missing mandate');
  mandate['status'] = 'CANCELLED';
  return created(world, mandate);
}

export const mandateRoutes: Route[] = [
  { method: 'POST', path: P('crdb-direct-debit/request-mandate'), handle: request },
  { method: 'GET', path: P('crdb-direct-debit/get-mandate/:id'), handle: read },
  { method: 'POST', path: P('crdb-direct-debit/cancel-mandate'), handle: cancel },
];
