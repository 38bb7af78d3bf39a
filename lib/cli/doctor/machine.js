'use strict';

// This machine: Node, libc, the package for this platform, proxy and certificates.

const { X509Certificate } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { basename, dirname } = require('node:path');
const { name, version, engines } = require('../../../package.json');

exports.machineLines = machineLines;

function machineLines(environment) {
  return [nodeLine(), packageLine(), proxyLine(environment), certificatesLine(environment)];
}

function nodeLine() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [least, leastMinor] = engines.node.match(/\d+/g).map(Number);
  const isNew = major > least || (major === least && minor >= leastMinor);
  const says = `Node ${process.versions.node} on ${process.platform}-${process.arch}${libc()}.`;
  if (isNew) return { check: 'node', level: 'ok', says };
  return { check: 'node', level: 'bad', says, todo: `Install Node ${least}.${leastMinor} or newer.` };
}

/** The C library of Linux. */
function libc() {
  if (process.platform !== 'linux') return '';
  // Names of its peers would be looked up.
  process.report.excludeNetwork = true;
  const { glibcVersionRuntime: glibc } = process.report.getReport().header;
  return glibc === undefined ? ' with musl' : ` with glibc ${glibc}`;
}

function packageLine() {
  try {
    require('../../../index.js');
  } catch (error) {
    return { check: 'package', level: 'bad', says: error.message, todo: 'Install it for this platform.' };
  }
  const file = Object.keys(require.cache).find((loaded) => loaded.endsWith('.node') && loaded.includes(name)) ?? '';
  const from = basename(dirname(file)).startsWith(name) ? basename(dirname(file)) : basename(file);
  return { check: 'package', level: 'ok', says: `${name} ${version}, by ${from}.` };
}

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

function proxyLine(environment) {
  const set = PROXIES.filter((variable) => environment[variable]);
  if (set.length === 0) return { check: 'proxy', level: 'ok', says: 'No proxy is set.' };
  const wrong = set.find((variable) => hostOf(environment[variable]) === undefined);
  if (wrong !== undefined)
    return {
      ...{ check: 'proxy', level: 'bad', says: `${wrong} is no address.` },
      todo: 'Write it as http://host:port.',
    };
  const told = set.map((variable) => `${variable} leads to ${hostOf(environment[variable])}`).join(', ');
  const except = environment.no_proxy || environment.NO_PROXY;
  return { check: 'proxy', level: 'ok', says: `${told}${except ? `; not for ${except}` : ''}.` };
}

function hostOf(address) {
  try {
    return new URL(address.includes('://') ? address : `http://${address}`).host || undefined;
  } catch {
    return undefined;
  }
}

function certificatesLine(environment) {
  const check = 'certificates';
  const set = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].filter((variable) => environment[variable]);
  if (set.length === 0) return { check, level: 'ok', says: 'Mozilla’s authorities, which are built in, are trusted.' };
  let count = 0;
  for (const variable of set) {
    const todo = `Let ${variable} name a file of certificates in PEM, or unset it.`;
    let found;
    try {
      found = certificatesOf(readFileSync(environment[variable], 'latin1'));
    } catch (error) {
      return { check, level: 'bad', says: `The file of ${variable} cannot be read (${error.code ?? 'no PEM'}).`, todo };
    }
    if (found.length === 0) return { check, level: 'bad', says: `The file of ${variable} has no certificate.`, todo };
    if (found.every(({ validTo }) => Date.parse(validTo) < Date.now()))
      return { check, level: 'warn', says: `The certificates of ${variable} have expired.`, todo };
    count += found.length;
  }
  return { check, level: 'ok', says: `${count} authorities of ${set.join(' and ')} are trusted beside Mozilla’s.` };
}

function certificatesOf(text) {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
