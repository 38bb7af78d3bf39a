// CHANGELOG.md when a version is cut.

const UNRELEASED = '## [Unreleased]\n';

/** What was unreleased stands under `version` and the day; a version that stands there already stays as it is. */
export function cut(changelog, version, day) {
  if (changelog.includes(`\n## [${version}]`)) return changelog;
  const [before, rest] = split(changelog);
  if (!/^\s*[^\s#]/.test(rest.replace(/^### .*$/gm, '')))
    throw new Error('CHANGELOG.md has nothing under [Unreleased]: write the notes of this version there first.');
  return `${before}${UNRELEASED}\n## [${version}] - ${day}\n${rest}`;
}

function split(changelog) {
  const at = changelog.indexOf(UNRELEASED);
  if (at < 0) throw new Error(`CHANGELOG.md has no line "${UNRELEASED.trim()}".`);
  const next = changelog.indexOf('\n## [', at + UNRELEASED.length);
  const own = changelog.slice(at + UNRELEASED.length, next < 0 ? undefined : next);
  return [changelog.slice(0, at), own.trim() ? changelog.slice(at + UNRELEASED.length) : ''];
}
