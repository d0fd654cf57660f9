const UTC = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)Z$/;
const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) ?(UTC|[+-]\d{2}:\d{2})$/;

/**
 * Parses a timestamp of the years 1 to 9999 and returns it in RFC 3339 and UTC, or undefined for other text. Some of TMDb's responses
 * have `2017-02-13 22:23:01 UTC` instead.
 */
export function toMoment(text: string): string | undefined {
  const [, day = '', time, offset = 'UTC'] = UTC.exec(text) ?? WITH_OFFSET.exec(text) ?? [];
  if (!isDay(day)) return undefined;
  const moment = new Date(`${day}T${time}${offset === 'UTC' ? 'Z' : offset}`);
  // JavaScript accepts 24:00:00 as the next day, and RFC 3339 does not.
  if (Number.isNaN(moment.getTime()) || time?.startsWith('24')) return undefined;
  return offset === 'UTC' ? `${day}T${time}Z` : inYears(moment.toISOString());
}

/** Returns true for an existing date `YYYY-MM-DD` of the years 1 to 9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Returns undefined when the offset moves the timestamp out of the years with four digits. */
function inYears(moment: string): string | undefined {
  return isDay(moment.slice(0, 10)) ? moment : undefined;
}
