// Runs a scenario: the gateway, one process a contestant, and rounds in which each has its turn.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from '../../../__test__/support/newer-node.mjs';
import * as build from './build.mjs';
import * as callbacks from './callbacks.mjs';
import { child } from './child.mjs';
import { contestants } from './scenarios.mjs';

export const ROUNDS = 7;
/** A round of a cold start is a single call. */
export const COLD_ROUNDS = 21;
export const MEMORY = { chunks: 10, payments: 20_000, inFlight: 64 };
/** Where all on one core goes. */
const ONE_CORE = ['taskset', '--cpu-list', '0'];
const programOf = (node) => (node ? nodeOf(node) : process.execPath);
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

export class Referee {
  #folder = mkdtempSync(join(tmpdir(), 'finconnect-bench-'));
  #next = 1;

  /**
   * `spans`: how long a round and the warm-up before all of them last, and what wakes a contestant before each, in
   * milliseconds; how many rounds cold starts have.
   */
  static async start(spans) {
    const referee = new Referee();
    referee.spans = spans;
    await referee.#start(build.gateway, []);
    return referee;
  }

  /** Starts a gateway, which all contestants trust from now on. */
  async #start(program, args) {
    this.gateway = child(program, args);
    const { certificate, ...ports } = await this.gateway.answer();
    this.ports = ports;
    this.env = { NODE_EXTRA_CA_CERTS: this.file(`certificate-${ports.h2}.pem`, certificate) };
    // Of this machine's own settings none must speed or slow anybody: with SSL_CERT_FILE we alone would read it.
    const settings = Object.keys(process.env).filter((name) => /_proxy$|^SSL_CERT_/i.test(name));
    for (const name of settings) this.env[name] = '';
  }

  file(name, text) {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  end() {
    this.gateway.end();
    rmSync(this.#folder, { recursive: true });
  }

  /** Each contestant's rounds. Throws when the gateway saw a request that it should not have. */
  run(scenario) {
    return this[scenario.kind](scenario);
  }

  async load(scenario) {
    if (scenario.oneCore) return this.#onOneCore(scenario);
    return this.#load(scenario);
  }

  /** With a gateway of its own there. */
  async #onOneCore(scenario) {
    const [program, ...args] = [...ONE_CORE, build.gateway];
    const { gateway, ports, env } = this;
    try {
      await this.#start(program, args);
      return await this.#load(scenario);
    } finally {
      this.gateway.end();
      Object.assign(this, { gateway, ports, env });
    }
  }

  async #load(scenario) {
    const files = {};
    if (scenario.callbacks) {
      const signer = callbacks.signer();
      await this.gateway.ask({ publicKey: signer.publicKey });
      const pool = (callbacks[scenario.callbacks] ?? signer.genuine)();
      files.callbacks = this.file('callbacks.json', JSON.stringify(pool));
    }
    const all = await this.#open(scenario, files);
    const ms = scenario.latencyMs >= 50 ? this.spans.round * 2 : this.spans.round;
    await this.#rounds(scenario, all, 1, 'warmUp', ({ process }) =>
      this.#ask(process, { ...scenario.load, ms: this.spans.warmUp }),
    );
    const { latencyMs } = scenario;
    await this.#rounds(scenario, all, ROUNDS, 'rounds', async ({ process }) => {
      // While others had their turn, a client closes connections that it does not use: a round is not about new ones.
      await this.#ask(process, { ...scenario.load, ms: this.spans.wake });
      await this.gateway.ask({ latencyMs, reset: true });
      return this.#ask(process, { ...scenario.load, ms });
    });
    for (const { process } of Object.values(all)) process.end();
    return all;
  }

  async cold(scenario) {
    const all = Object.fromEntries(scenario.contestants.map((name) => [name, { warmUp: [], rounds: [] }]));
    const one = async ({ name }) => {
      const { module, port, node } = contestants[name];
      const args = [
        script('cold.cjs'),
        module,
        this.#origin(port),
        String(this.#numbers(1)),
        ...(scenario.late ? ['late'] : []),
      ];
      return child(programOf(node), args, this.env).answer();
    };
    // The first of each fills the file cache.
    await this.#rounds(scenario, all, 1, 'warmUp', one);
    await this.#rounds(scenario, all, this.spans.cold, 'rounds', one);
    return all;
  }

  async rotation(scenario) {
    const [old, current] = [callbacks.signer(), callbacks.signer()];
    const before = this.file('before.json', JSON.stringify(old.genuine()));
    const after = this.file('after.json', JSON.stringify(current.genuine()));
    const all = await this.#open(scenario, {});
    const load = { do: 'closed', inFlight: 64, count: 64, callbacks: true };
    await this.#rounds(scenario, all, ROUNDS, 'rounds', async ({ process, origin }) => {
      await this.gateway.ask({ publicKey: old.publicKey });
      await process.ask({ do: 'open', origin, callbacks: before });
      await this.#ask(process, load);
      await this.gateway.ask({ publicKey: current.publicKey, reset: true });
      await process.ask({ do: 'use', callbacks: after });
      return this.#ask(process, load);
    });
    for (const { process } of Object.values(all)) process.end();
    return all;
  }

  async memory(scenario) {
    const all = await this.#open(scenario, {});
    const { chunks, payments, inFlight } = MEMORY;
    await this.#rounds(scenario, all, chunks, 'rounds', ({ process }) =>
      this.#ask(process, { do: 'closed', inFlight, count: payments }),
    );
    for (const { process } of Object.values(all)) process.end();
    return all;
  }

  async #open(scenario, files) {
    const all = {};
    for (const name of scenario.contestants) {
      const { module, port, node } = contestants[name];
      const program = module ? [programOf(node), script('contestant.mjs'), module] : [build.engine];
      const [first, ...rest] = scenario.oneCore ? [...ONE_CORE, ...program] : program;
      const opened = child(first, rest, this.env);
      const origin = this.#origin(scenario.port ?? port);
      await opened.ask({ do: 'open', origin, ...files });
      all[name] = { process: opened, origin, warmUp: [], rounds: [] };
    }
    return all;
  }

  /** A B C, B C A, …: each contestant meets the machine's weather at another place in the row. */
  async #rounds(scenario, all, count, into, one) {
    const names = scenario.contestants;
    for (let round = 0; round < count; round++) {
      for (let i = 0; i < names.length; i++) {
        const name = names[(round + i) % names.length];
        await this.gateway.ask({ latencyMs: scenario.latencyMs, reset: true });
        const result = await one({ name, ...all[name] });
        const { logins, payments, keys, connections, wrong, firstWrong } = await this.gateway.ask({});
        if (wrong > 0)
          throw new Error(
            `${name}: the gateway saw ${wrong} wrong requests, so nothing is compared; the first: ${firstWrong}`,
          );
        const isPayment = scenario.callbacks === undefined && scenario.kind !== 'rotation';
        if (isPayment && !contestants[name].offline && payments !== result.done)
          throw new Error(`${name}: ${result.done} payments were answered and ${payments} came in`);
        all[name][into].push({ ...result, connections, requests: logins + payments + keys });
      }
    }
  }

  #ask(process, load) {
    return process.ask({ ...load, first: this.#numbers(1_000_000) });
  }

  /** Order numbers that nobody had before. */
  #numbers(count) {
    const first = this.#next;
    this.#next += count;
    return first;
  }

  #origin(port = 'h2') {
    return `${port === 'plain' ? 'http' : 'https'}://127.0.0.1:${this.ports[port]}`;
  }
}
