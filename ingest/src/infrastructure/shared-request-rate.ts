import { setTimeout as sleep } from 'node:timers/promises';
import type { Queryable } from '@marquee/postgres/queryable';
import type { Logger } from '@marquee/runtime/logger';
import type { RequestRate } from './request-rate.ts';

/** Share of TMDb's limit that is used: L requests that are spaced evenly at this share take 1,015 ms. */
const USED_SHARE = 0.985;

/**
 * Least time, in ms, in which a replica sends the requests that it reserved for any such time. Late requests catch up within it, and the
 * 8 ms over TMDb's second are for the network, whose delay varies.
 */
const SPACED_MS = 1_008;

/** Time that one reservation covers at most, in ms: a replica that ends loses at most this much of the allowance. */
const RESERVED_MS = 250;
/** Time, in ms, for which requests are to be reserved ahead. */
const AHEAD_MS = 250;
/** Largest delay of a request after its reserved time, in ms; a later time is not used. */
const LATE_MS = 1_000;
const WINDOW_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Shortest and longest pause after a refusal without Retry-After, in ms; it doubles with each refusal in a row. */
const SHORTEST_PAUSE_MS = 200;
const LONGEST_UNTOLD_PAUSE_MS = 2_000;
/** Least share of the rate after a refusal: after a pause, the last second held fewer accepted requests than TMDb allows. */
const LEAST_SHARE = 0.4;
/** Share of the rate below which a slow-down makes the times void that were reserved before it. */
const KEPT_SHARE = 0.9;
/** Pause after a failed reservation, in ms. */
const RETRY_MS = 250;

/**
 * Reserves requests at the end of the queue of requests: the generic cell rate algorithm with one row as its state ($1: number, $2:
 * replica, $3: requests that this replica sent and TMDb accepted within the last second). Raises a lowered rate when the time has come.
 */
const RESERVE = `
  with report as (
    update replicas set accepted = $3::int, reported_at = clock_timestamp(), heartbeat_at = clock_timestamp() where id = $2::bigint
  ), row as materialized (
    select rate, most, rate < most and raise_at <= clock_timestamp() as is_raised from allowance for update
  ), raised as materialized (
    select is_raised, case when is_raised then least(most, greatest(rate + 0.5, rate * 1.1)) else rate end as rate from row
  )
  update allowance set
    rate = raised.rate,
    raise_at = case when is_raised then clock_timestamp() + interval '2 seconds' else raise_at end,
    raise_after_seconds = case when raised.rate >= most then 10 else raise_after_seconds end,
    next_at = greatest(next_at, clock_timestamp()) + $1::int * interval '1 second' / raised.rate
  from raised
  returning
    extract(epoch from next_at - $1::int * interval '1 second' / allowance.rate)::double precision * 1000 as "startsAt",
    extract(epoch from clock_timestamp())::double precision * 1000 as "databaseTime",
    (1000 / allowance.rate)::double precision as "spacingMs",
    allowance.rate`;

/**
 * Pauses all replicas ($1: replica, $2: requests that this replica sent and TMDb accepted within the last second, $3: pause in ms or null,
 * $4: age of the refused request in ms, $5: random number from 0 to 1). A second refusal within 10 s lowers the rate to that of the accepted
 * requests: a single one may come of a network that delayed requests.
 *
 * A request from before the last pause counts for nothing. A lowered rate is raised after 10 s, and later after each raise that is refused:
 * a limit that stays low is probed every 5 minutes.
 */
const REFUSE = `
  with others as (
    select coalesce(sum(accepted), 0) as accepted from replicas
    where id <> $1::bigint and reported_at > clock_timestamp() - interval '1.5 seconds'
  ), row as materialized (
    select clock_timestamp() - $4::double precision * interval '1 millisecond' > slowed_at as is_news,
      slowed_at > clock_timestamp() - interval '3 seconds' as is_repeated,
      slowed_at > clock_timestamp() - interval '10 seconds' as is_recent, refusals as previous,
      least(rate, greatest(1, ${LEAST_SHARE} * rate, ${USED_SHARE} * (others.accepted + $2::int))) as lowered
    from allowance, others for update of allowance
  ), refusal as materialized (
    select is_news, is_repeated, is_news and is_recent as is_slower, lowered, case
      when $3::double precision is not null then least($3, ${LONGEST_PAUSE_MS})
      when not is_news then 0
      else (0.5 + $5::double precision / 2) * least(${LONGEST_UNTOLD_PAUSE_MS},
        ${SHORTEST_PAUSE_MS} * 2 ^ case when is_repeated then least(previous, 10) else 0 end)
      end as pause_ms
    from row
  )
  update allowance set
    refused = refused + 1,
    slowed_at = case when is_news then clock_timestamp() else slowed_at end,
    refusals = case when not is_news then refusals when is_repeated then refusals + 1 else 1 end,
    rate = case when is_slower then lowered else rate end,
    raise_at = case when is_slower then clock_timestamp() + raise_after_seconds * interval '1 second' else raise_at end,
    raise_after_seconds = case
      when is_slower and rate < most and raise_at <= clock_timestamp() + interval '2 seconds'
      then least(300, raise_after_seconds * 2) else raise_after_seconds end,
    throttled_ms = throttled_ms + case when is_news then pause_ms else 0 end,
    next_at = greatest(next_at, clock_timestamp() + interval '1 millisecond' * pause_ms)
  from refusal
  returning rate, pause_ms as "pauseMs"`;

export interface SharedRequestRateOptions {
  readonly pool: Queryable;
  readonly replica: () => string;
  /** Requests per second that TMDb allows to all replicas together. */
  readonly limit: number;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  readonly random?: () => number;
}

/** A pace that all replicas share. */
export interface SharedRequestRate extends RequestRate {
  /** Requests per second that all replicas may send now. */
  readonly perSecond: number;
}

/**
 * Paces the requests of all replicas by one row of Postgres: each reserves the next requests, evenly spaced, for 250 ms at a time, and
 * sends each at its time. A refusal of one replica slows down all of them.
 */
export async function createSharedRequestRate(options: SharedRequestRateOptions): Promise<SharedRequestRate> {
  const { pool, replica, limit, logger, stop, random = Math.random } = options;
  let perSecond = limit * USED_SHARE;
  /** Reserved times, as of performance.now(). */
  const reserved: number[] = [];
  /** Requests of about the last second: their reserved times, and those at which they were sent. */
  const sent: { readonly reserved: number; readonly at: number }[] = [];
  /** The first ones are urgent. */
  const waiting: (() => void)[] = [];
  let urgent = 0;
  const accepted: number[] = [];
  let granting = false;
  let reserving: Promise<void> | undefined;
  let refusing: Promise<void> | undefined;
  let pausedUntil = 0;
  // A lowered rate makes the times void that were reserved before it.
  let epoch = 0;

  // The response that took the shortest time says best how the clocks differ.
  const clockOffset = createClockOffset();
  for (let times = 0; times < 3; times += 1) {
    const { rows } = await pool.query<{ time: number }>(
      'select extract(epoch from clock_timestamp())::double precision * 1000 as time',
    );
    clockOffset(performance.now() - (rows[0] as { time: number }).time);
  }
  await pool.query(
    'update allowance set most = $1, rate = case when rate = most then $1 else least(rate, $1) end where most <> $1',
    [perSecond],
  );

  function acceptedRecently(): number {
    const since = performance.now() - WINDOW_MS;
    const first = accepted.findIndex((time) => time > since);
    accepted.splice(0, first === -1 ? accepted.length : first);
    return accepted.length;
  }

  async function reserve(): Promise<void> {
    const asked = epoch;
    const most = Math.max(1, Math.floor((perSecond * RESERVED_MS) / 1_000));
    const count = Math.min(most, Math.max(1, waiting.length - reserved.length));
    const { rows } = await pool.query<{ startsAt: number; databaseTime: number; spacingMs: number; rate: number }>({
      name: 'reserve requests',
      text: RESERVE,
      values: [count, replica(), acceptedRecently()],
    });
    const [row] = rows as [(typeof rows)[number]];
    const offset = clockOffset(performance.now() - row.databaseTime);
    perSecond = row.rate;
    if (asked !== epoch) return;
    for (let index = 0; index < count; index += 1) reserved.push(row.startsAt + offset + index * row.spacingMs);
  }

  /** Reserves ahead, so that the next requests are reserved before the last one is sent. */
  function reserveAhead(): Promise<void> {
    reserving ??= reserve()
      .catch(async (error: unknown) => {
        logger.warn({ err: error }, 'requests cannot be reserved; it is repeated');
        await sleep(RETRY_MS, undefined, { signal: stop }).catch(() => {});
      })
      .finally(() => {
        reserving = undefined;
      });
    return reserving;
  }

  /** Returns the earliest time for a reserved one: requests after a late one keep their distance of a second. */
  function spaced(time: number): number {
    while (sent[1] !== undefined && sent[1].reserved <= time - SPACED_MS) sent.shift();
    const [earlier] = sent;
    return earlier !== undefined && earlier.reserved <= time - SPACED_MS
      ? Math.max(time, earlier.at + SPACED_MS)
      : time;
  }

  async function grant(): Promise<void> {
    granting = true;
    while (waiting.length > 0 && !stop.aborted) {
      if (refusing) {
        await refusing;
        continue;
      }
      const [time] = reserved;
      if (time !== undefined && time < pausedUntil) {
        reserved.shift();
        continue;
      }
      if (time === undefined) {
        await reserveAhead();
        continue;
      }
      const last = reserved.at(-1) ?? time;
      if (reserved.length < waiting.length && last - performance.now() < AHEAD_MS) reserveAhead();
      const delay = spaced(time) - performance.now();
      if (delay >= 1) {
        // A refusal may void the time meanwhile.
        await sleep(Math.min(delay, 50), undefined, { signal: stop }).catch(() => {});
        continue;
      }
      reserved.shift();
      const at = performance.now();
      if (at - time > LATE_MS) continue;
      sent.push({ reserved: time, at });
      urgent = Math.max(0, urgent - 1);
      waiting.shift()?.();
    }
    if (stop.aborted) for (const resolve of waiting.splice(0)) resolve();
    granting = false;
  }

  stop.addEventListener('abort', () => {
    if (!granting) for (const resolve of waiting.splice(0)) resolve();
  });

  return {
    get perSecond() {
      return perSecond;
    },

    turn(isUrgent = false) {
      if (stop.aborted) return Promise.resolve();
      const turn = Promise.withResolvers<void>();
      waiting.splice(isUrgent ? urgent : waiting.length, 0, turn.resolve);
      if (isUrgent) urgent += 1;
      if (!granting) grant();
      return turn.promise;
    },

    accepted() {
      if (accepted.push(performance.now()) > 1_000) acceptedRecently();
    },

    refused(startedAt, retryAfterMs) {
      const values = [replica(), acceptedRecently(), retryAfterMs ?? null, Date.now() - startedAt, random()];
      // Requests wait until the pause is known.
      const refusal = pool
        .query<{ rate: number; pauseMs: number }>({ name: 'refuse requests', text: REFUSE, values })
        .then(({ rows }) => {
          const { rate, pauseMs } = rows[0] as { rate: number; pauseMs: number };
          pausedUntil = Math.max(pausedUntil, performance.now() + pauseMs);
          if (rate < KEPT_SHARE * perSecond) {
            epoch += 1;
            reserved.length = 0;
          }
          perSecond = rate;
          logger.warn({ perSecond, pauseMs }, 'TMDb refused a request: all replicas pause');
        })
        .catch((error: unknown) => logger.warn({ err: error }, 'the other replicas do not know of a refusal'))
        .finally(() => {
          if (refusing === refusal) refusing = undefined;
        });
      refusing = refusal;
    },
  };
}

/** Drift of a clock, in ms for each sample, and the difference that is a step of a clock. */
const DRIFT_MS = 0.1;
const STEP_MS = 2_000;

/**
 * Returns a function that estimates the difference of two clocks from samples, each too large by the time of a response: the smallest one
 * counts, until a clock drifts or is set.
 */
function createClockOffset(): (sample: number) => number {
  let offset = Number.POSITIVE_INFINITY;
  return (sample) => {
    offset = sample - offset > STEP_MS ? sample : Math.min(sample, offset + DRIFT_MS);
    return offset;
  };
}
