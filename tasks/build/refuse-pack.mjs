// Run by npm before it packs or publishes this folder, or one of npm/*: neither is a package that works.
console.error(
  'finconnect is packed by "npm run pack:all", which writes the tarballs to publish into dist/. This folder alone makes no package that works.',
);
process.exit(1);
