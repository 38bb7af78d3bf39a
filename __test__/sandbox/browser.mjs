import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { cleanEnvironment } from '../support/child.mjs';

const PLACES = process.env.CHROMIUM_PATH
  ? [process.env.CHROMIUM_PATH]
  : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // It may talk to this machine and to nobody else.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const executablePath = PLACES.find((place) => existsSync(place));

/** Why the browser specs cannot run here; CI has no such excuse. */
export const noBrowser = executablePath
  ? false
  : `No browser found at ${PLACES.join(', ')}. Install chromium (apt-get install chromium), or name one in CHROMIUM_PATH.`;

/** A browser with a profile of its own, gone afterwards. */
export function launch() {
  if (noBrowser) throw new Error(noBrowser);
  return chromium.launch({ executablePath, args: ARGS, env: cleanEnvironment() });
}
