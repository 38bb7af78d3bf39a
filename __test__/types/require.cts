import finconnect = require('finconnect');

new finconnect.FintechSDK({ provider: 'clickpesa', config: process.env });
