import { gatewayOf } from '../gateways/index.js';
import {
  type Fields,
  html,
  type Inbound,
  isFields,
  parseFields,
  type Reply,
  redirect,
  textOf,
} from '../http/message.js';
import { redactBody, redactHeaders, redactText } from '../http/redact.js';
import { breakOff, type Exchange, reply } from '../http/server.js';
import { checkout, checkoutPayment } from './checkout.js';
import { type FaultName, magicFault, type NamedFault, type ScriptedAnswer, stageOf } from './faults.js';
import { Capped, MAX_BODY_KEPT, MAX_HISTORY, type RecordedRequest } from './history.js';
import type { Gateway } from './payments.js';
import type { Call, GatewaySpec, Route, World } from './world.js';

const HUGE_BYTES = 20 * 1024 * 1024;
const DEFAULT_DELAY_MS = 1_000;
const MAX_STRUCK = 5_000;
const MAX_REFERENCE = 128;

/** Takes gateway requests from the wire to a gateway's route and back, through whatever fault is due. */
export class Pipeline {
  readonly history = new Capped<RecordedRequest>(MAX_HISTORY);
  private lastId = 0;

  constructor(
    private readonly world: World,
    private readonly onRequest: ((request: Inbound & { gateway: Gateway }) => void) | undefined,
  ) {}

  async serve(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const started = performance.now();
    const payment = checkoutPayment(request, this.world);
    const gateway = payment?.gateway ?? (payment === null ? 'pesapal' : gatewayOf(request.path));
    this.onRequest?.({ ...request, gateway });
    const record = this.begin(request, gateway);
    const end = (status: number | null, body: string | Buffer = '') => {
      record.status = status;
      record.response = redactBody(body, MAX_BODY_KEPT);
      record.ms = Math.round(performance.now() - started);
      this.world.events.emit({ type: 'request', request: structuredClone(record) });
    };
    if (payment !== undefined) {
      const answer = await checkout(request, this.world, payment);
      end(answer.status, answer.status === 302 ? String(answer.headers?.['Location']) : '');
      return reply(response, answer);
    }
    const spec = this.world.gateways[gateway];
    const { route, params } = match(spec, request);
    const fields = parseFields(request.body);
    const target = { gateway, path: request.path, creates: route?.creates ?? false };
    const magic = target.creates && fields ? this.magic(gateway, fields) : undefined;
    const following = [this.world.faults.takeFollowing(target), magic].filter(
      (name): name is FaultName => name !== undefined && stageOf(name) !== 'answer',
    );
    const fault =
      this.world.faults.takeAnswer(target) ?? (magic && stageOf(magic) === 'answer' ? { name: magic } : undefined);
    const labels = [fault && ('name' in fault ? fault.name : `script ${fault.status}`), ...following].filter(Boolean);
    if (labels.length) record.fault = labels.join(', ');

    const tasks: (() => void | Promise<void>)[] = [];
    const call: Call = {
      ...request,
      world: this.world,
      fields,
      params,
      faults: following,
      later: (task) => void tasks.push(task),
    };
    const name = fault && 'name' in fault ? fault.name : undefined;
    if (name === 'hang') {
      end(null);
      return exchange.gone;
    }
    if (name === 'reset-before') {
      end(null);
      return breakOff(response);
    }
    const answer = (fault && standIn(fault, call, spec)) ?? (await answerOf(call, spec, route));
    await this.pause(fault, exchange);
    if (name === 'reset-after') {
      end(null);
      breakOff(response);
    } else {
      end(answer.status, answer.body);
      reply(response, name ? distort(answer, name) : answer);
    }
    if (!tasks.length) return;
    await exchange.gone;
    for (const task of tasks) await task();
  }

  private begin(request: Inbound, gateway: Gateway): RecordedRequest {
    const record: RecordedRequest = {
      id: ++this.lastId,
      at: new Date(this.world.clock.now()).toISOString(),
      gateway,
      method: request.method,
      path: redactText(request.path),
      query: redactText(request.query.toString()),
      headers: redactHeaders(request.rawHeaders),
      body: redactBody(request.body, MAX_BODY_KEPT),
      status: null,
      response: '',
      ms: 0,
    };
    this.history.add(record);
    this.world.events.emit({ type: 'request', request: structuredClone(record) });
    return record;
  }

  /** The fault that a request's phone or amount asks for; a refused token strikes a reference once only. */
  private magic(gateway: Gateway, fields: Fields): FaultName | undefined {
    const name = magicFault(gateway, phoneIn(fields), amountIn(fields));
    if (name !== '401') return name;
    const key = `${gateway}:${referenceIn(fields).slice(0, MAX_REFERENCE)}`;
    if (this.world.struck.has(key)) return undefined;
    if (this.world.struck.size >= MAX_STRUCK) this.world.struck.clear();
    this.world.struck.add(key);
    return name;
  }

  private async pause(fault: NamedFault | ScriptedAnswer | undefined, exchange: Exchange): Promise<void> {
    const ms = fault?.delayMs ?? (fault && 'name' in fault && fault.name === 'delay' ? DEFAULT_DELAY_MS : 0);
    if (ms <= 0) return;
    let cancel = () => {};
    const due = new Promise<void>((resolve) => (cancel = this.world.clock.after(ms, resolve)));
    await Promise.race([due, exchange.gone]);
    cancel();
  }
}

function match(spec: GatewaySpec, { method, path }: Inbound): { route?: Route; params: string[] } {
  for (const route of spec.routes) {
    const found = route.method === method ? route.path.exec(path) : null;
    if (found) return { route, params: found.slice(1).map(decode) };
  }
  return { params: [] };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function answerOf(call: Call, spec: GatewaySpec, route: Route | undefined): Reply | Promise<Reply> {
  const gated = spec.gate?.(call);
  if (gated) return gated;
  if (!route) return spec.unknownRoute(call);
  return route.open || spec.authorised(call) ? route.handle(call) : spec.unauthorised(call.world);
}

/** The answer given in place of carrying the request out; undefined for the faults that carry it out. */
function standIn(fault: NamedFault | ScriptedAnswer, call: Call, spec: GatewaySpec): Reply | undefined {
  if (!('name' in fault))
    return { status: fault.status, ...(fault.headers && { headers: fault.headers }), body: fault.body ?? '' };
  switch (fault.name) {
    case '401':
      return spec.unauthorised(call.world);
    case '429':
    case 'error-in-200':
    case 'success-false':
      return spec.refusals[fault.name](call);
    case '500-empty':
      return { status: 500, body: '' };
    case '200-empty':
      return { status: 200, body: '' };
    case '502-html':
      return html(
        502,
        '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>',
      );
    case '302':
      return redirect(`${call.origin}/_sandbox/elsewhere`);
    default:
      return undefined;
  }
}

function distort(answer: Reply, name: FaultName): Reply {
  const body = Buffer.from(answer.body ?? '');
  if (name === 'truncated') return { ...answer, body: body.subarray(0, body.length >> 1) };
  // Blanks after the JSON: whoever reads it all finds a sound answer, and 20 MB of memory gone.
  return name === 'huge'
    ? { ...answer, body: Buffer.concat([body, Buffer.alloc(HUGE_BYTES - body.length, ' ')]) }
    : answer;
}

const inner = (fields: Fields, name: string): Fields => (isFields(fields[name]) ? fields[name] : {});
const first = (...values: unknown[]) => values.map(textOf).find(Boolean) ?? '';

const phoneIn = (fields: Fields) =>
  first(
    fields['accountNumber'],
    fields['phoneNumber'],
    fields['merchantMobileNumber'],
    fields['customerPhone'],
    inner(fields, 'billing_address')['phone_number'],
    inner(fields, 'customer')['phoneNumber'],
    inner(fields, 'destination')['accountNumber'],
  );
const amountIn = (fields: Fields) =>
  first(fields['amount'], fields['totalPrice'], inner(fields, 'transferDetails')['amount']);
const REFERENCES = ['orderReference', 'externalId', 'id', 'referenceId', 'externalReferenceId'];
const referenceIn = (fields: Fields) => first(...REFERENCES.map((name) => fields[name]));
