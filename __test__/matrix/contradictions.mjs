// Answers to requests that were carried out: by a gateway that gave up waiting for itself, or by what stands in front
// of it.

const SAYS_NOTHING = [408, 409, 425, 444, 460, 499, 504];

const TOKEN = {
  error: {
    error_type: 'authentication_error',
    code: 'invalid_api_credentials_provided',
    message: 'Invalid Access Token',
  },
  message: 'Unauthorized',
};
const REFUSAL = {
  success: false,
  message: 'Refused',
  error: { error_type: 'api_error', code: 'refused', message: 'Refused' },
};
const PAGE = '<html><head><title>403 Forbidden</title></head></html>';

/**
 * By a peer that passes the request on, and changes the answer to it. None may be called refused, and none sent again.
 */
export const CONTRADICTIONS = [
  ...SAYS_NOTHING.map((status) => carriedOut(`HTTP ${status}, carried out`, status, () => ({ message: 'No answer' }))),
  carriedOut('HTTP 409, with the success', 409, (success) => success),
  carriedOut('HTTP 400, with the success', 400, (success) => success),
  carriedOut('HTTP 403, with the success in its data', 403, (success) => ({ message: 'Forbidden', data: success })),
  carriedOut('HTTP 403, a page in place of the success', 403, () => PAGE),
  carriedOut('HTTP 401, with the success', 401, (success) => ({ ...success, ...TOKEN })),
  carriedOut('HTTP 401, cut off', 401, () => TOKEN, -10),
  carriedOut('HTTP 401, half a body', 401, () => JSON.stringify(TOKEN).slice(0, -3)),
  carriedOut('HTTP 504, a refused token', 504, () => TOKEN),
  carriedOut('HTTP 200, the success and a refusal', 200, (success) => ({ ...success, ...REFUSAL })),
  carriedOut('HTTP 202, a refusal', 202, () => REFUSAL),
];

/** `cut`: bytes that the answer is short of, below zero. */
function carriedOut(name, status, change, cut = 0) {
  return { name, carriedOut: true, arm: { request } };

  async function request(socket, answer) {
    const text = (await answer()).toString();
    const changed = change(parsed(text.slice(text.indexOf('\r\n\r\n'))));
    const body = typeof changed === 'string' ? changed : JSON.stringify(changed);
    const length = Buffer.byteLength(body) - cut;
    const head = `HTTP/1.1 ${status} -\r\ncontent-type: ${body.startsWith('<') ? 'text/html' : 'application/json'}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n`;
    socket.end(head + body);
  }
}

/** A body as an object: a key is none, and a list of payments stands for its first. */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value[0] : value;
  } catch {
    return { publicKey: text.trim() };
  }
}
