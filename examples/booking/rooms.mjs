// What is for rent, what a night costs, and who gets a part of it.
const HOSTS = {
  asha: { name: 'Asha Juma', phone: '255754000111' },
  neema: { name: 'Neema Mushi', phone: '255655000222' },
};
const CLEANER = { name: 'Juma Ali', phone: '255713000333' };

/** `price`: shillings a night. */
export const ROOMS = {
  bahari: { name: 'Bahari', about: 'two beds, the sea before the window', price: 45_000, host: HOSTS.asha },
  bustani: { name: 'Bustani', about: 'one bed, in the garden', price: 30_000, host: HOSTS.neema },
};

/** Who gets how much of what a guest has paid for a room. What is left is ours. */
export function partsOf({ reference, room, amount }) {
  const percent = (part) => Math.floor((amount * part) / 100); // whole shillings
  return [
    { reference: `${reference}H`, amount: percent(85), ...ROOMS[room].host },
    { reference: `${reference}C`, amount: percent(5), ...CLEANER },
  ];
}
