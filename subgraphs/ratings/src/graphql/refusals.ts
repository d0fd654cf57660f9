import {
  type ArgumentPath,
  forbidden,
  KEY_REUSED,
  notFound,
  outdated,
  type Refusal,
} from '@marquee/subgraph/mutations/refusal';
import type { ReviewRefusal } from '../application/change-reviews.ts';
import type { RatingRefusal } from '../application/rate-movies.ts';
import type { KeyReused } from '../application/writing.ts';

/** A field that a refusal is about. */
export type RefusedField = 'id' | 'version' | 'movieId';

const WHY_FORBIDDEN = {
  foreign: 'This review is somebody else’s: only who wrote it here may change it.',
  moderated: 'A moderator took away your review of this film: only a moderator can give it back.',
};

/**
 * Why nothing was done, as the schema has it.
 *
 * @param pathOf where a field of the change with this index stands among the arguments
 */
export function refusalOf(
  why: ReviewRefusal | RatingRefusal | KeyReused,
  pathOf: (index: number, field: RefusedField) => ArgumentPath,
): Refusal {
  switch (why.kind) {
    case 'keyReused':
      return KEY_REUSED;
    case 'notFound': {
      const { what, id, index } = why;
      if (what === 'review') return notFound('review', id, pathOf(index, 'id'));
      const missing = notFound('film', id, pathOf(index, 'movieId'));
      return what === 'film' ? missing : { ...missing, message: `You do not rate the film ${id}.` };
    }
    case 'forbidden':
      return forbidden(WHY_FORBIDDEN[why.why], why.id, pathOf(why.index, why.why === 'foreign' ? 'id' : 'movieId'));
    case 'outdated':
      return outdated('review', why.id, why.currentVersion, pathOf(why.index, 'version'));
    case 'exists': {
      const message = 'You have reviewed this film: change that review instead.';
      return { ...outdated('review', why.id, why.currentVersion, pathOf(why.index, 'movieId')), message };
    }
  }
}
