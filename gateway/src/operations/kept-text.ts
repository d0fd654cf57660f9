/**
 * A copy of a text that is kept after its request. A string that was cut from another, as parameters are from a URL, keeps the other one
 * in memory.
 */
export function copyText(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

/** Bytes of memory. V8 keeps a text by two bytes for each character as soon as it has one beyond Latin-1. */
export function textBytes(text: string): number {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0xff) return 2 * text.length;
  return text.length;
}
