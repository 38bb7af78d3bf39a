/** Makes an element: properties, `class`, `on…` listeners, attributes; then children. Text is always text. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** What stands in a JSON value at a path such as `customer.phoneNumber`. */
export const at = (value, path) => path.split('.').reduce((part, name) => part?.[name], value);

export const byId = (id) => document.getElementById(id);

/** What the sandbox tells of each gateway, by name; empty until the state is loaded. */
export const gateways = new Map();

export const titleOf = (name) => gateways.get(name)?.title ?? name;

/** `TZS 2,000` */
export function money(amount, currency) {
  const [whole, cents] = String(amount).split('.');
  const groups = [];
  for (let end = whole.length; end > 0; end -= 3) groups.push(whole.slice(Math.max(0, end - 3), end));
  return `${currency} ${groups.reverse().join(',')}${cents && Number(cents) ? `.${cents}` : ''}`;
}

/** Where the customer pays what is paid on a page; undefined for a payment that is not. */
export function pageOf({ gateway, id, kind }) {
  if (!['order', 'card', 'checkout'].includes(kind)) return undefined;
  return gateways.get(gateway)?.page.replace('{id}', id);
}

/** `16:05:09`, in the time zone of whoever looks. */
export const clockTime = (at) => new Date(at).toTimeString().slice(0, 8);

export async function ask(path, body, method = 'POST') {
  const response = await fetch(`/_sandbox/api/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The sandbox answered ${response.status}`);
  return answer;
}

let hide;
/** A short word at the foot of the page. */
export function toast(text, kind = '') {
  const element = byId('toast');
  element.textContent = text;
  element.className = `toast ${kind}`;
  element.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => (element.hidden = true), 4000);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`Copied ${what}`);
  } catch {
    toast('Copying was not allowed', 'bad');
  }
}
