import { type Reply, textOf } from '../../http/message.js';
import { given, invalid, missing, signed } from './checks.js';
import { done, fail, localTime, P } from './replies.js';
import type { Call, Route } from './world.js';

/** A buyer's cards: one that the sandbox made up, until it is deleted. */
function cards(call: Call): Reply {
  const { world } = call;
  const fields = given(call);
  const lacking = missing(fields, ['gateway_buyer_uuid', 'buyer_userid']);
  if (lacking) return invalid(world, lacking);
  const buyer = textOf(fields['gateway_buyer_uuid']);
  const kept = world.own.cards.get(buyer) ?? [
    {
      masked_card: '4111-XXXX-XXXX-1111',
      creation_date: localTime(world.clock.now()),
      card_token: world.random.hex(32),
      name: 'Asha Juma',
      card_type: '001',
      id: '1',
    },
  ];
  world.own.cards.set(buyer, kept);
  return done(
    world,
    'Stored cards',
    kept.map((card) => ({ ...card })),
  );
}

function forget(call: Call): Reply {
  const { world } = call;
  const fields = given(call);
  const lacking = missing(fields, ['id', 'gateway_buyer_uuid']);
  if (lacking) return invalid(world, lacking);
  const buyer = textOf(fields['gateway_buyer_uuid']);
  const kept = world.own.cards.get(buyer) ?? [];
  const left = kept.filter(({ id }) => id !== textOf(fields['id']));
  if (left.length === kept.length) return fail(world, '404', 'Card not found');
  world.own.cards.set(buyer, left);
  return done(world, 'Delete successful');
}

export const cardRoutes: Route[] = [
  signed('stored-cards', { method: 'GET', path: P('checkout/stored-cards'), handle: cards }),
  signed('delete-card', { method: 'DELETE', path: P('checkout/delete-card'), handle: forget }),
];
