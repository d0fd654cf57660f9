/** A change on a change topic. */
export interface Announcement {
  /** Kind and id of the entity: `Movie:603`. */
  readonly entity: string;
  readonly version: number;
  readonly eventId: string;
}

/** The traces of a case in the queue, the tables and the topics. */
export interface Evidence {
  /** The content that each acknowledged event or mutation must have left, by topic and key: `movie-details 603`. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** The content in the subgraphs' tables, by the same names. */
  readonly stored: ReadonlyMap<string, string>;
  /** How often the acknowledged events and mutations may change an entity, at least and at most. */
  readonly changes: ReadonlyMap<string, readonly [least: number, most: number]>;
  /** The version of each entity in its subgraph's database. */
  readonly versions: ReadonlyMap<string, number>;
  /** The changes of all change topics, in the order of each partition. */
  readonly announced: readonly Announcement[];
  /** The version of each entity that a follower has applied, by follower and entity: `people Movie:603`. */
  readonly followed: ReadonlyMap<string, number>;
  /** Followers of each kind of entity. */
  readonly followers: Readonly<Record<string, readonly string[]>>;
  readonly deadLetters: number;
}

/** Returns each violation of the promise: every acknowledged event and mutation has exactly one effect. */
export function mistakesOf(evidence: Evidence): string[] {
  return [
    ...storedMistakes(evidence),
    ...versionMistakes(evidence),
    ...announcedMistakes(evidence),
    ...followedMistakes(evidence),
    ...(evidence.deadLetters > 0 ? [`${evidence.deadLetters} records are dead letters`] : []),
  ];
}

function* storedMistakes({ acknowledged, stored }: Evidence): Generator<string> {
  for (const [name, expected] of acknowledged) {
    const actual = stored.get(name);
    if (actual === undefined) yield `${name} was acknowledged and is not stored`;
    else if (actual !== expected) yield `${name} is stored as ${actual} instead of ${expected}`;
  }
  for (const name of stored.keys()) {
    if (!acknowledged.has(name)) yield `${name} is stored and was not acknowledged`;
  }
}

function* versionMistakes({ changes, versions }: Evidence): Generator<string> {
  for (const [entity, [least, most]] of changes) {
    const version = versions.get(entity) ?? 0;
    if (version < least || version > most)
      yield `${entity} has changed ${version} times instead of ${least} to ${most}`;
  }
}

function* announcedMistakes({ versions, announced }: Evidence): Generator<string> {
  const eventsByEntity = Map.groupBy(announced, ({ entity }) => entity);
  for (const [entity, version] of versions) {
    const eventIds = new Map<number, string>();
    for (const event of eventsByEntity.get(entity) ?? []) {
      const first = eventIds.get(event.version);
      if (first === undefined) {
        if (event.version < eventIds.size + 1) yield `version ${event.version} of ${entity} was announced late`;
        eventIds.set(event.version, event.eventId);
      } else if (first !== event.eventId) yield `version ${event.version} of ${entity} was announced as two changes`;
    }
    for (let each = 1; each <= version; each += 1) {
      if (!eventIds.has(each)) yield `version ${each} of ${entity} was not announced`;
    }
  }
  for (const { entity, version } of announced) {
    if (version > (versions.get(entity) ?? 0)) yield `version ${version} of ${entity} was announced and is not stored`;
  }
}

function* followedMistakes({ versions, followed, followers }: Evidence): Generator<string> {
  for (const [entity, version] of versions) {
    for (const follower of followers[entity.slice(0, entity.indexOf(':'))] ?? []) {
      const applied = followed.get(`${follower} ${entity}`);
      if (applied !== version)
        yield `${follower} has applied version ${applied ?? 0} of ${entity} instead of ${version}`;
    }
  }
}

/** Returns how many announcements repeat one with the same event id, which followers skip. */
export function repeatsIn(announced: readonly Announcement[]): number {
  return announced.length - new Set(announced.map(({ eventId }) => eventId)).size;
}
