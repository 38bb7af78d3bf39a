// Debian packages unpacked into a folder of their own: nothing is installed on the machine.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once, run } from './run.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org';

/**
 * A folder with `packages` and what they depend on.
 * `onHost`: they run on this machine, so what is installed here is left out; else the folder is a whole root.
 */
export function debianRoot(name, { suite, arch = 'amd64', packages, onHost = false }) {
  return once(name, (folder) => {
    const state = join(folder, 'var/tmp/apt');
    for (const part of ['lists/partial', 'archives/partial']) mkdirSync(join(state, part), { recursive: true });
    writeFileSync(join(state, 'status'), '');
    writeFileSync(join(state, 'sources.list'), sources(suite));
    const options = {
      'APT::Architecture': arch,
      'APT::Architectures': arch,
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': '',
      'Debug::NoLocking': 'true',
      'Dir::Etc::sourcelist': join(state, 'sources.list'),
      'Dir::Etc::sourceparts': '-',
      'Dir::Etc::preferencesparts': '-',
      'Dir::State': state,
      'Dir::State::status': onHost ? '/var/lib/dpkg/status' : join(state, 'status'),
      'Dir::Cache': state,
      // Debian 11 is an archive: its files are signed, and as old as they are.
      'Acquire::Check-Valid-Until': 'false',
    };
    const apt = (...args) =>
      run('apt-get', [...Object.entries(options).map(([key, value]) => `-o${key}=${value}`), ...args]);
    apt('update');
    apt('install', '--yes', '--download-only', ...packages);
    const archives = readdirSync(join(state, 'archives')).filter((file) => file.endsWith('.deb'));
    if (archives.length === 0) throw new Error(`apt-get downloaded nothing for ${packages.join(' ')}.`);
    for (const archive of archives) run('dpkg', ['-x', join(state, 'archives', archive), folder]);
    run('rm', ['-rf', state]);
  });
}

function sources(suite) {
  const signed = `[signed-by=${KEYRING}]`;
  const lines = [`deb ${signed} ${MIRROR}/debian ${suite} main`];
  if (suite === 'bookworm') lines.push(`deb ${signed} ${MIRROR}/debian-security bookworm-security main`);
  return `${lines.join('\n')}\n`;
}
