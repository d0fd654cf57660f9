import { inboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';
import { movies } from './0001-movies.ts';
import { outbox } from './0002-outbox.ts';
import { reading } from './0003-reading.ts';
import { writing } from './0004-writing.ts';
import { facets } from './0005-facets.ts';
import { releaseLanguages } from './0006-release-languages.ts';
import { popularFilms } from './0007-popular-films.ts';
import { topBilled } from './0008-top-billed.ts';
import { similarSpellings } from './0009-similar-spellings.ts';
import { adult } from './0010-adult.ts';
import { absentEdits } from './0011-absent-edits.ts';
import { titles } from './0012-titles.ts';
import { spellingsOfWords } from './0013-spellings-of-words.ts';

/** The history of the schema, in the order in which it applies. Released migrations never change. */
export const migrations: readonly Migration[] = [
  inboxMigration,
  movies,
  outbox,
  reading,
  writing,
  facets,
  releaseLanguages,
  popularFilms,
  topBilled,
  similarSpellings,
  adult,
  absentEdits,
  titles,
  spellingsOfWords,
];
