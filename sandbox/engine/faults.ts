import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isFields } from '../http/message.js';
import type { Router, Target } from '../http/router.js';
import type { Gateway } from '../types.js';
import { checkKnown, isMilliseconds, isText, oneOf, type Rule, shown } from './known.js';

/** When a fault acts: on the answer, on the callback that follows, or on what the customer does. */
export type FaultStage = 'answer' | 'callback' | 'outcome';

interface FaultRow {
  /** Number by which a magic phone (…0000NN) or a magic amount (9900NN) asks for it. */
  magic: number;
  stage: FaultStage;
  about: string;
  /** Met only at the gateways that name it among their `faults`. */
  optional?: true;
}

export const FAULTS = {
  delay: { magic: 1, stage: 'answer', about: 'carried out, answered late (delayMs, default 1000)' },
  hang: { magic: 2, stage: 'answer', about: 'never answered, not carried out' },
  'reset-before': { magic: 3, stage: 'answer', about: 'connection reset, not carried out' },
  'reset-after': { magic: 4, stage: 'answer', about: 'carried out, then the connection is reset' },
  '401': {
    magic: 5,
    stage: 'answer',
    about: 'token refused, not carried out; by magic only the first time per reference',
  },
  '429': { magic: 6, stage: 'answer', about: 'too many requests, not carried out' },
  '500-empty': { magic: 7, stage: 'answer', about: 'HTTP 500 with no body, not carried out' },
  '502-html': { magic: 8, stage: 'answer', about: "a proxy's HTML page, not carried out" },
  '302': { magic: 9, stage: 'answer', about: 'redirect to a web page, not carried out' },
  'error-in-200': { magic: 10, stage: 'answer', about: 'HTTP 200 whose body is an error, not carried out' },
  'success-false': { magic: 11, stage: 'answer', about: 'HTTP 200 with success:false, not carried out' },
  truncated: { magic: 12, stage: 'answer', about: 'carried out; the JSON answer ends half way' },
  huge: { magic: 13, stage: 'answer', about: 'carried out; a 20 MB answer' },
  'duplicate-callback': { magic: 14, stage: 'callback', about: 'the callback comes twice' },
  'callback-first': { magic: 15, stage: 'callback', about: 'approved, and the callback delivered, before the answer' },
  'no-callback': { magic: 16, stage: 'callback', about: 'no callback ever' },
  'wrong-amount': {
    magic: 17,
    stage: 'callback',
    about: 'the callback and the status of a payment tell ten times the amount, where they tell one',
  },
  unsigned: { magic: 18, stage: 'callback', about: 'no signature', optional: true },
  'wrong-key': {
    magic: 19,
    stage: 'callback',
    about: 'signed with a key that is published nowhere',
    optional: true,
  },
  'rotated-key': {
    magic: 20,
    stage: 'callback',
    about: 'the published key changes, then signs',
    optional: true,
  },
  'two-field': {
    magic: 21,
    stage: 'callback',
    about: 'signed over two fields in place of four',
    optional: true,
  },
  'old-shape': { magic: 22, stage: 'callback', about: 'the payload of former years', optional: true },
  'insufficient-funds': { magic: 23, stage: 'outcome', about: 'declined for lack of funds' },
  'wrong-pin': { magic: 24, stage: 'outcome', about: 'declined for a wrong PIN' },
  'prompt-expired': { magic: 25, stage: 'outcome', about: 'the customer never answers the prompt' },
  '200-empty': { magic: 26, stage: 'answer', about: 'HTTP 200 with no body, not carried out' },
} as const satisfies Record<string, FaultRow>;

export type FaultName = keyof typeof FAULTS;
const FAULT_NAMES = (Object.keys(FAULTS) as FaultName[]).sort((a, b) => FAULTS[a].magic - FAULTS[b].magic);
const BY_MAGIC = new Map<number, FaultName>(FAULT_NAMES.map((name) => [FAULTS[name].magic, name]));
export const stageOf = (name: FaultName): FaultStage => FAULTS[name].stage;

interface Place {
  /** Only requests whose path contains this text (any case), a part of a path that a gateway has, or matches it. */
  route?: string | RegExp;
  gateway?: Gateway;
  /** How many requests it meets; default 1. */
  times?: number;
  /** Milliseconds on the sandbox's clock before the answer. */
  delayMs?: number;
}

export interface NamedFault extends Place {
  name: FaultName;
}

export interface ScriptedAnswer extends Place {
  status: number;
  headers?: Record<string, string | number | string[]>;
  body?: string | Buffer;
}

export type Fault = FaultName | NamedFault | ScriptedAnswer;

export interface FaultTarget {
  gateway: Gateway;
  path: string;
  /** Whether the route makes a payment; only those meet callback and outcome faults. */
  creates: boolean;
}

/** A mobile number of these countries, at home or abroad, that ends in 0000NN. */
const PHONE = /^(?:(?:00)?2[56]\d|0)?(?:1[0-4]|[5-9]\d)\d0000(\d\d)$/;
const MAX_QUEUED = 10_000;

/** The faults asked for by script, met in order by the requests they match. */
export class FaultQueue {
  private entries: { fault: NamedFault | ScriptedAnswer; left: number }[] = [];

  constructor(
    private readonly gateways: Record<
      Gateway,
      { faults: readonly FaultName[]; routes: Pick<Router<Target>, 'mayHold'> }
    >,
  ) {}

  add(fault: Fault): void {
    const entry = typeof fault === 'string' ? { name: fault } : fault;
    this.check(entry);
    this.checkRoute(entry);
    const left = entry.times ?? 1;
    if (!Number.isInteger(left) || left < 1) throw new RangeError(`A fault's times must be 1 or more; got ${left}`);
    if (this.entries.length >= MAX_QUEUED) throw new RangeError(`At most ${MAX_QUEUED} faults wait at once`);
    this.entries.push({ fault: entry, left });
  }

  /** What waits, in order. */
  pending(): { fault: NamedFault | ScriptedAnswer; left: number }[] {
    return this.entries.map((entry) => ({ ...entry }));
  }

  clear(): void {
    this.entries = [];
  }

  /** Where a fault can happen. */
  gatewaysOf(name: FaultName): Gateway[] {
    const gateways = Object.keys(this.gateways) as Gateway[];
    const { optional }: FaultRow = FAULTS[name];
    return optional ? gateways.filter((gateway) => this.gateways[gateway].faults.includes(name)).sort() : gateways;
  }

  /**
   * The fault a phone such as 255710000023 (six last digits 0000NN) or an amount of 990023 (9900NN) asks for. What
   * stands in the phone's place may be an account at a bank.
   */
  magic(gateway: Gateway, phone: string, amount: string): FaultName | undefined {
    const byPhone = PHONE.exec(phone.replace(/[^\d]/g, ''));
    const byAmount = /^9900(\d\d)(?:\.0+)?$/.exec(amount);
    const name = BY_MAGIC.get(Number(byPhone?.[1] ?? -1)) ?? BY_MAGIC.get(Number(byAmount?.[1] ?? -1));
    return name && this.gatewaysOf(name).includes(gateway) ? name : undefined;
  }

  takeAnswer(target: FaultTarget): NamedFault | ScriptedAnswer | undefined {
    return this.take(target, (fault) => !('name' in fault) || stageOf(fault.name) === 'answer');
  }

  takeFollowing(target: FaultTarget): FaultName | undefined {
    if (!target.creates) return undefined;
    const fault = this.take(target, (candidate) => 'name' in candidate && stageOf(candidate.name) !== 'answer');
    return fault && 'name' in fault ? fault.name : undefined;
  }

  private take(target: FaultTarget, wanted: (fault: NamedFault | ScriptedAnswer) => boolean) {
    const at = this.entries.findIndex(({ fault }) => wanted(fault) && this.matches(fault, target));
    const entry = this.entries[at];
    if (!entry) return undefined;
    if (--entry.left === 0) this.entries.splice(at, 1);
    return entry.fault;
  }

  private matches(fault: NamedFault | ScriptedAnswer, target: FaultTarget): boolean {
    if ('name' in fault && !this.gatewaysOf(fault.name).includes(target.gateway)) return false;
    if (fault.gateway && fault.gateway !== target.gateway) return false;
    if (fault.route instanceof RegExp) return target.path.search(fault.route) >= 0;
    return !fault.route || target.path.toLowerCase().includes(fault.route.toLowerCase());
  }

  /** A part of no path would wait for ever, and its test would see no fault. */
  private checkRoute({ route, gateway }: Place): void {
    if (typeof route !== 'string') return;
    const asked = gateway ? [this.gateways[gateway]] : Object.values(this.gateways);
    if (asked.some(({ routes }) => routes.mayHold(route))) return;
    const whose = gateway ? `of ${gateway}` : 'of a gateway';
    throw new TypeError(`A fault's route must be a part of a path ${whose}; got ${shown(route)}`);
  }

  private check(fault: NamedFault | ScriptedAnswer): void {
    const gateway = oneOf(...Object.keys(this.gateways));
    if (!isFields(fault) || 'status' in fault)
      return checkKnown('Unknown fault: a scripted answer', fault, { ...SCRIPTED, gateway });
    const { name } = fault;
    if (typeof name !== 'string' || !Object.hasOwn(FAULTS, name))
      throw new TypeError(`Unknown fault: ${shown(name)}; known are ${FAULT_NAMES.join(', ')}`);
    checkKnown(`The fault ${name}`, fault, { ...NAMED, gateway });
    const places = this.gatewaysOf(name as FaultName);
    if (fault.gateway && !places.includes(fault.gateway))
      throw new TypeError(`The fault ${name}: gateway takes ${places.join(' or ')}; got ${fault.gateway}`);
  }
}

const TARGET: Record<keyof Place, Rule> = {
  route: ['a part of the path or a RegExp', (value) => typeof value === 'string' || value instanceof RegExp],
  gateway: isText,
  times: ['a whole number', (value) => typeof value === 'number'],
  delayMs: isMilliseconds,
};
const NAMED: Record<keyof NamedFault, Rule> = { ...TARGET, name: isText };
const SCRIPTED: Record<keyof ScriptedAnswer, Rule> = {
  ...TARGET,
  status: [
    'an HTTP status from 200 to 599',
    (value) => Number.isInteger(value) && (value as number) >= 200 && (value as number) < 600,
  ],
  headers: ['an object of HTTP headers', isHeaders],
  body: ['text or a Buffer', (value) => typeof value === 'string' || Buffer.isBuffer(value)],
};

/** Whether Node can send these. */
function isHeaders(value: unknown): boolean {
  if (!isFields(value)) return false;
  try {
    for (const [name, content] of Object.entries(value)) {
      validateHeaderName(name);
      for (const line of Array.isArray(content) ? content : [content]) validateHeaderValue(name, line);
    }
    return true;
  } catch {
    return false;
  }
}
