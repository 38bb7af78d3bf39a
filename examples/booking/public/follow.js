// Asks every two seconds how the booking stands, and loads the page again when it has moved.
const PAUSE_MS = 2_000;
const { shown } = document.body.dataset;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'application/json' } });
    const { status, payment, attempt } = await answer.json();
    if (answer.ok && `${status} ${payment} ${attempt}` !== shown) return location.reload();
  } catch {
    // No connection: the next look may have one.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
