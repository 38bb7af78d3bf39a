'use strict';

// No client at all: JSON and promises, which no client that is called from JavaScript can do without.
function open() {
  let made = [];
  const answerAll = () => {
    const all = made;
    made = [];
    for (const { text, resolve } of all) resolve(answerTo(text));
  };
  return {
    pay(order) {
      const text = JSON.stringify(order);
      if (made.length === 0) setImmediate(answerAll);
      return new Promise((resolve) => made.push({ text, resolve }));
    },
  };
}

function answerTo(text) {
  const number = Number(JSON.parse(text).externalId.slice('ORDER-'.length));
  return JSON.parse(`{"success":true,"transactionId":"${number.toString(16).padStart(32, '0')}"}`);
}

module.exports = { open };
