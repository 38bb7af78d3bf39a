// Everything that the library emits, searched for what must never be in it.
import diagnostics from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { PAYER } from '../support/gateways.cjs';

const EVENTS = ['request', 'response', 'retry', 'login', 'callback'];
const PUBLIC = ['baseUrl', 'authBaseUrl', 'AZAMPAY_APP_NAME'];

/** Listens to every event and keeps every error, as text. */
export function startWatch() {
  const secrets = new Set([PAYER, PAYER.slice(3)]);
  const texts = new Map();
  const counts = { events: 0, messages: 0, errors: 0 };
  const keep = (text) => texts.set(text, (texts.get(text) ?? 0) + 1);
  const listeners = EVENTS.map((name) => {
    const listener = (message) => {
      counts.messages++;
      keep(JSON.stringify(message));
    };
    diagnostics.subscribe(`finconnect:${name}`, listener);
    return [`finconnect:${name}`, listener];
  });
  return {
    counts,
    secrets,
    sdk(sdk, config) {
      for (const [key, value] of Object.entries(config)) if (!PUBLIC.includes(key)) secrets.add(value);
      keep(`${inspect(sdk, { depth: 9, showHidden: true })} ${JSON.stringify(sdk)}`);
      for (const name of EVENTS) {
        sdk.on(name, (event) => {
          counts.events++;
          keep(JSON.stringify(event));
        });
      }
    },
    token(authorization) {
      const token = authorization?.split(' ').at(-1);
      if (token) secrets.add(token);
    },
    error(error) {
      counts.errors++;
      keep(
        `${error.stack}\n${inspect(error, { depth: 9 })}\n${JSON.stringify(error)}\n${inspect(error.cause, { depth: 9 })}`,
      );
    },
    /** The texts that show a secret, or a whole phone number; `more` is searched as well. */
    leaks: (more = []) => [...texts.keys(), ...more].filter((text) => shows(text, secrets)),
    characters: () => [...texts.keys()].reduce((sum, text) => sum + text.length, 0),
    end: () => listeners.forEach(([name, listener]) => diagnostics.unsubscribe(name, listener)),
  };
}

/** Whether `text` holds one of `secrets`. */
export function shows(text, secrets) {
  for (const secret of secrets) if (text.includes(secret)) return true;
  return false;
}
