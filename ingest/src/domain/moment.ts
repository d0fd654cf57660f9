const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?) ?(UTC|[+-]\d{2}:\d{2})$/;

/**
 * A moment as RFC 3339 has it, in UTC. TMDb's answers of some years write `2017-02-13 22:23:01 UTC` instead. What is no moment stays as
 * it is, for the event's schema to refuse.
 */
export function toMoment(text: string): string {
  if (UTC.test(text)) return text;
  const [, day, time, offset] = WITH_OFFSET.exec(text) ?? [];
  if (day === undefined) return text;
  if (offset === 'UTC') return `${day}T${time}Z`;
  const moment = new Date(`${day}T${time}${offset}`);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString();
}
