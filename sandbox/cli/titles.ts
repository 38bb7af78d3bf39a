import { GATEWAYS, specs } from '../gateways/index.js';

const titles = GATEWAYS.map((name) => specs[name].title);

/** The gateways' brands in one phrase. */
export const ALL = `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`;
