/** Days in scalars, filters, cursors and inputs: of years with four digits. Postgres has no year 0. */
const FIRST_DAY = '0001-01-01';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Returns true when a text is a day of the calendar, `YYYY-MM-DD`, of the years 1 to 9999. */
export function isDay(text: string): boolean {
  if (!DAY.test(text) || text < FIRST_DAY) return false;
  const day = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
