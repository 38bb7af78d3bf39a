'use strict';

const { dirname } = require('node:path');

const { name, version, optionalDependencies } = require('../package.json');

/** The error of a `require` that found no native part to load: one sentence, and what to do. */
module.exports = function loadFailure(loaderError) {
  const forbidden = addonsForbidden();
  const error = forbidden
    ? new Error(flagInTheWay(), { cause: withoutLoader(forbidden) })
    : new Error(sentence(firstLines(loaderError)));
  Error.captureStackTrace(error, loadFailure);
  return withoutLoader(error);
};

/** Who asked for the package is worth a line; the loader's way through its candidates is not. */
function withoutLoader(error) {
  const [head, ...frames] = String(error.stack).split('\n');
  error.stack = [
    head,
    ...frames.filter((frame) => !frame.includes('node:') && !frame.includes(dirname(__dirname))),
  ].join('\n');
  return error;
}

/** What Node says where this process or worker may load no addon at all. */
function addonsForbidden() {
  try {
    // Whether it is forbidden comes before whether there is such a file.
    process.dlopen({ exports: {} }, `${__filename}.none`);
  } catch (error) {
    if (error.code === 'ERR_DLOPEN_DISABLED' || error.code === 'ERR_ACCESS_DENIED') return error;
  }
  return undefined;
}

function flagInTheWay() {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  const cures = [];
  if (flags.includes('--no-addons')) cures.push('without --no-addons');
  if (process.permission && !flags.includes('--allow-addons')) cures.push('with --allow-addons beside --permission');
  if (cures.length === 0) cures.push('without --no-addons, or with --allow-addons where it has --permission');
  return `${name} cannot load: it is a native addon, and this process or worker may load none; start it ${cures.join(' and ')}.`;
}

function sentence(reasons) {
  const override = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
  if (override) return `${name} cannot load ${override}, which NAPI_RS_NATIVE_LIBRARY_PATH names: ${reasons[0]?.line}.`;
  if (!optionalDependencies) return notPublished();
  const packages = Object.keys(optionalDependencies);
  const wanted = packages.find((candidate) => reasons.some(({ line }) => line.includes(candidate)));
  if (!wanted) {
    const known = packages.map(platformOf).join(', ');
    return `${name} has no build for ${process.platform}-${process.arch}; it runs on ${known}.`;
  }
  const refused = reasons.find(({ line, missing }) => !missing && line.includes(wanted));
  if (refused) {
    return (
      `${name} cannot load the package ${wanted}@${version} on ${platformOf(wanted)}: ${refused.line} ` +
      `(delete node_modules and run "npm install" again on this machine; if it stays, the system is older than ${name} supports).`
    );
  }
  return (
    `${name} cannot load on ${platformOf(wanted)}: the package ${wanted}@${version} is not installed; ` +
    'run "npm install" again on this machine, without --omit=optional ' +
    '(node_modules and package-lock.json from another platform must be deleted first).'
  );
}

/** Only a published package names the packages that hold the addon. */
function notPublished() {
  return /[\\/]node_modules[\\/]/.test(__dirname)
    ? `${name} was installed from its source, which holds no addon: run "npm install ${name}" to install it from npm.`
    : `${name} is not built in this checkout: run "npm run build".`;
}

function platformOf(packageName) {
  return packageName.slice(name.length + 1);
}

/** What the loader met, candidate by candidate: it hangs each error on the next one's `cause`. */
function firstLines(error) {
  const lines = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const [line] = String(cause.message).split('\n');
    lines.push({ line, missing: cause.code === 'MODULE_NOT_FOUND' || /^Cannot find (module|package)/.test(line) });
  }
  return lines;
}
