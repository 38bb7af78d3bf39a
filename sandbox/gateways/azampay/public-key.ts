import { json, type Reply, text } from '../../http/message.js';
import { publicPem, publicXml } from './keys.js';
import { EMPTY_404 } from './replies.js';
import type { Call, Route } from './world.js';

async function publicKey({ world, query }: Call): Promise<Reply> {
  const mode = world.switches.azampayPublicKey;
  if (mode === '404') return EMPTY_404;
  if (mode === 'empty') return { status: 200, body: '' };
  const key = await world.own.keys.signing();
  const pem = publicPem(key);
  if (mode === 'bare') return text(200, pem);
  const wantsXml = mode === 'xml' || (query.get('format') ?? '').toLowerCase() === 'xml';
  if (wantsXml) return json(200, { success: true, format: 'Xml', publicKey: publicXml(key) });
  return json(200, { success: true, format: 'Pem', publicKey: mode === 'escaped' ? pem.replaceAll('\n', '\\n') : pem });
}

async function tokenPublicKey({ world, query }: Call): Promise<Reply> {
  const mode = world.switches.azampayTokenPublicKey;
  if (mode === '404') return EMPTY_404;
  const key = await world.own.keys.signing();
  const wantsXml = (query.get('format') ?? '').toLowerCase() === 'xml';
  const publicKey = wantsXml ? publicXml(key) : publicPem(key);
  if (mode === 'pem') return text(200, publicKey);
  if (mode === 'string') return json(200, publicKey);
  return json(
    200,
    mode === 'data'
      ? { data: { publicKey }, success: true }
      : { success: true, format: wantsXml ? 'Xml' : 'Pem', publicKey },
  );
}

export const publicKeyRoutes: Route[] = [
  { method: 'GET', path: '/azampay/v1/public-key', handle: publicKey },
  { method: 'GET', path: '/api/Token/PublicKey', handle: tokenPublicKey },
];
