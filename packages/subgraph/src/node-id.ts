import { isStorableText } from '@marquee/runtime/text';

/** Type and id of an object that implements `Node`. */
export interface NodeKey {
  readonly type: string;
  readonly id: string;
}

/** Maximum length of a node id that is decoded. Ids of entities are far shorter. */
const MAX_LENGTH = 1_024;

/** A GraphQL name, a colon, and an id of any text (https://spec.graphql.org/October2021/#Name). */
const DECODED = /^([A-Za-z_]\w*):(.+)$/s;

/** Returns the opaque id of an object, unique among all types: base64url of `Type:id`. */
export function encodeNodeId(type: string, id: string | number): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Returns the type and id in a node id; null for text that {@link encodeNodeId} never returns. */
export function decodeNodeId(nodeId: string): NodeKey | null {
  if (nodeId.length > MAX_LENGTH) return null;
  const decoded = Buffer.from(nodeId, 'base64url').toString();
  const [, type, id] = DECODED.exec(decoded) ?? [];
  if (type === undefined || id === undefined || !isStorableText(id)) return null;
  // Node.js decodes leniently, and a client's cache needs the `nodeId` that it sent: only the canonical text is an id.
  return encodeNodeId(type, id) === nodeId ? { type, id } : null;
}
