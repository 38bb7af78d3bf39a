#!/usr/bin/env node
'use strict';

require('../sandbox/dist/cli.js').main(process.argv.slice(2));
