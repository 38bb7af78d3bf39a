'use strict';

// undici 8 by HTTP/2: one connection, which has room for all that a gateway allows.
const { payments } = require('./undici.cjs');

const open = (origin) => payments(require('undici-8'), origin, { connections: 1, allowH2: true });

module.exports = { open };
