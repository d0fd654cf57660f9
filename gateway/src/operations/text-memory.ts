/** Returns a copy that can be cached. A substring, such as a parameter of a URL, would keep the whole string in memory. */
export function copyText(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

/** Returns the size of a text in memory. V8 takes 2 bytes a character once one is beyond Latin-1. */
export function textBytes(text: string): number {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0xff) return 2 * text.length;
  return text.length;
}
