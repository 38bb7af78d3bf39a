/** Ten times an amount's text, for the fault that tells a wrong one. */
export function tenfold(amount: string): string {
  return amount.includes('.') ? String(Number(amount) * 10) : `${amount}0`;
}

/** `KES 1,500.50` */
export function formatAmount(amount: string, currency: string): string {
  const [whole = '0', cents] = amount.split('.');
  const groups: string[] = [];
  for (let end = whole.length; end > 0; end -= 3) groups.push(whole.slice(Math.max(0, end - 3), end));
  return `${currency} ${groups.reverse().join(',')}${cents ? `.${cents}` : ''}`;
}
