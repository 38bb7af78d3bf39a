'use strict';
// node registry-server.cjs <node_modules of the tools> <folder> <upstream>: prints its port.
const { join } = require('node:path');

const [tools, folder, upstream] = process.argv.slice(2);
const { runServer } = require(join(tools, 'verdaccio'));

const config = {
  self_path: join(folder, 'verdaccio.yaml'),
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd') } },
  uplinks: { upstream: { url: upstream } },
  packages: {
    'finconnect*': { access: '$all', publish: '$authenticated' },
    '**': { access: '$all', proxy: 'upstream' },
  },
  max_body_size: '20mb',
  log: { type: 'stdout', level: 'fatal' },
};

runServer(config).then((server) => {
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
});
