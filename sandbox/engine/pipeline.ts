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
import type { Gateway } from '../types.js';
import { checkout, visitOf } from './checkout.js';
import { type FaultName, type NamedFault, type ScriptedAnswer, stageOf } from './faults.js';
import type { Call, GatewaySpec, Route } from './gateway.js';
import { Capped, MAX_BODY_KEPT, MAX_HISTORY, type RecordedRequest } from './history.js';
import type { GatewayWorld, World } from './world.js';

type Spec = GatewaySpec<GatewayWorld>;

const HUGE_BYTES = 20 * 1024 * 1024;
const DEFAULT_DELAY_MS = 1_000;
const MAX_STRUCK = 5_000;
const MAX_REFERENCE = 128;

/** Takes gateway requests from the wire to a gateway's route and back, through whatever fault is due. */
export class Pipeline {
  readonly history = new Capped<RecordedRequest>(MAX_HISTORY);
  /** References that have met a fault which strikes once. */
  private readonly struck = new Set<string>();
  private lastId = 0;

  constructor(
    private readonly world: World,
    private readonly onRequest: ((request: Inbound & { gateway: Gateway }) => void) | undefined,
  ) {}

  async serve(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const started = performance.now();
    const visit = visitOf(request, this.world);
    const gateway = visit?.gateway ?? this.world.gatewayOf(request.path);
    this.onRequest?.({ ...request, gateway });
    const record = this.begin(request, gateway);
    const end = (status: number | null, body: string | Buffer = '') => {
      record.status = status;
      record.response = redactBody(body, MAX_BODY_KEPT);
      record.ms = Math.round(performance.now() - started);
      this.world.events.emit({ type: 'request', request: structuredClone(record) });
    };
    if (visit) {
      const answer = await checkout(request, this.world, visit);
      end(answer.status, answer.status === 302 ? String(answer.headers?.['Location']) : '');
      return reply(response, answer);
    }
    const { spec, world } = this.world.gateways[gateway];
    const { route, params } = spec.routes.find(request.method, request.path) ?? { params: {} };
    const fields = parseFields(request.body);
    const target = { gateway, path: request.path, creates: route?.creates ?? false };
    const magic = target.creates && fields ? this.magic(spec, fields) : undefined;
    const following = [this.world.faults.takeFollowing(target), magic].filter(
      (name): name is FaultName => name !== undefined && stageOf(name) !== 'answer',
    );
    const fault =
      this.world.faults.takeAnswer(target) ?? (magic && stageOf(magic) === 'answer' ? { name: magic } : undefined);
    const labels = [fault && ('name' in fault ? fault.name : `script ${fault.status}`), ...following].filter(Boolean);
    if (labels.length) record.fault = labels.join(', ');

    const tasks: (() => void | Promise<void>)[] = [];
    const call: Call<GatewayWorld> = {
      ...request,
      gateway,
      world,
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
      query: redactBody(request.query.toString(), MAX_BODY_KEPT),
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
  private magic({ name: gateway, reads }: Spec, fields: Fields): FaultName | undefined {
    const name = this.world.faults.magic(gateway, firstOf(fields, reads.phone), firstOf(fields, reads.amount));
    if (name !== '401') return name;
    const key = `${gateway}:${firstOf(fields, reads.reference).slice(0, MAX_REFERENCE)}`;
    if (this.struck.has(key)) return undefined;
    if (this.struck.size >= MAX_STRUCK) this.struck.clear();
    this.struck.add(key);
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

function answerOf(
  call: Call<GatewayWorld>,
  spec: Spec,
  route: Route<GatewayWorld> | undefined,
): Reply | Promise<Reply> {
  const gated = spec.gate?.(call);
  if (gated) return gated;
  if (!route) return spec.unknownRoute(call);
  return route.open || spec.authorised(call) ? route.handle(call) : spec.unauthorised(call.world);
}

/** The answer given in place of carrying the request out; undefined for the faults that carry it out. */
function standIn(fault: NamedFault | ScriptedAnswer, call: Call<GatewayWorld>, spec: Spec): Reply | undefined {
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

/** The first of some members, each a path such as `customer.phoneNumber`, that holds text or a number. */
function firstOf(fields: Fields, paths: readonly string[]): string {
  return paths.map((path) => textOf(memberAt(fields, path))).find(Boolean) ?? '';
}

const memberAt = (fields: Fields, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (isFields(value) ? value[name] : undefined), fields);
