// Which version comes next, and what each package says of it.

/** What whoever publishes fills in once, and every package must say. */
const SHARED = ['homepage', 'repository', 'funding'];

/** Whether `version` is one, and comes after `than`. */
export function isNewer(version, than) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return false;
  const [mine, other] = [version, than].map((text) => text.split('.').map(Number));
  const at = mine.findIndex((part, i) => part !== other[i]);
  return at >= 0 && mine[at] > other[at];
}

/** The manifest of a platform's package: as it is, of that version, and with what the main one says for all. */
export function platformManifest(own, main, version) {
  const shared = Object.fromEntries(SHARED.filter((name) => main[name]).map((name) => [name, main[name]]));
  return { ...own, version, ...shared };
}
