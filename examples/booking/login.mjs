// Stands for your own login. A real one has sessions, and limits how often one may guess.
import { createHash, timingSafeEqual } from 'node:crypto';

/** Lets in who knows the token, under any name: `req.staff`, which is written down with what they do. */
export function loginOf(token) {
  const hash = (text) => createHash('sha256').update(text).digest();
  return (req, res, next) => {
    const [, encoded = ''] = /^Basic (\S+)$/i.exec(req.get('authorization') ?? '') ?? [];
    const [, name, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    if (!name || !timingSafeEqual(hash(secret), hash(token)))
      return res.set('www-authenticate', 'Basic realm="Staff"').status(401).send('This is for the staff.');
    // Browsers send the token with the forms of other sites too, and say so.
    const site = req.get('sec-fetch-site') ?? 'same-origin';
    if (req.method !== 'GET' && site !== 'same-origin') return res.status(403).send('This form is of another site.');
    req.staff = name;
    next();
  };
}
