import {
  CONNECTION_FACTS,
  type Connection,
  EDGE_FACTS,
  type EdgeOf,
  PAGE_INFO_FACTS,
} from '@marquee/subgraph/connection';
import type { FactsOf } from '@marquee/subgraph/execution/selected-facts';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { REFUSAL_FACTS } from '@marquee/subgraph/mutations/refusal';
import { CHANGE_FACTS, type ChangePayload } from '@marquee/subgraph/subscriptions/change-payload';
import type { FilmographyCredit, PersonCredit } from '../application/credit-store.ts';
import type { LocalizedText } from '../domain/localization.ts';
import type { Person } from '../domain/person.ts';
import type { PersonExternalIds, PersonImage, PersonTranslation } from '../domain/person-details.ts';
import type { CoStarConnection } from './co-star-edge.ts';
import type { MovieReference } from './context.ts';

type Deleted = Pick<Written, 'id' | 'version'>;
type Listed<Row> = Connection<{ node: Row }>;

/** Texts of a person in the languages of a client. */
export interface LocalizedPerson {
  readonly name: LocalizedText | null;
  readonly biography: LocalizedText | null;
}

/** The objects of each type, whose properties are its fields. */
export interface Objects {
  readonly Movie: MovieReference;
  readonly Person: Person;
  readonly PersonExternalIds: PersonExternalIds;
  readonly PersonImage: PersonImage;
  readonly PersonTranslation: PersonTranslation;
  readonly LocalizedPerson: LocalizedPerson;
  readonly LocalizedText: LocalizedText;
  readonly PersonOverride: { readonly field: string; readonly editedAt: Date };
  readonly CastCredit: PersonCredit;
  readonly CrewCredit: PersonCredit;
  readonly FilmographyCredit: FilmographyCredit;
  readonly DeletedPerson: Deleted;
  readonly DeletedCredit: Deleted;
  readonly ChangedPeople: { readonly results: readonly object[] };
  readonly ChangedCredits: { readonly results: readonly object[] };
  readonly PersonConnection: Listed<Person>;
  readonly PersonEdge: EdgeOf<Listed<Person>>;
  readonly PersonImageConnection: Listed<PersonImage>;
  readonly PersonImageEdge: EdgeOf<Listed<PersonImage>>;
  readonly PersonTranslationConnection: Listed<PersonTranslation>;
  readonly PersonTranslationEdge: EdgeOf<Listed<PersonTranslation>>;
  readonly CoStarConnection: CoStarConnection;
  readonly CoStarEdge: EdgeOf<CoStarConnection>;
  readonly CastConnection: Listed<PersonCredit>;
  readonly CastEdge: EdgeOf<Listed<PersonCredit>>;
  readonly CrewConnection: Listed<PersonCredit>;
  readonly CrewEdge: EdgeOf<Listed<PersonCredit>>;
  readonly FilmographyConnection: Listed<FilmographyCredit>;
  readonly FilmographyEdge: EdgeOf<Listed<FilmographyCredit>>;
  readonly PersonEvent: ChangePayload;
  readonly PageInfo: Connection<object>['pageInfo'];
}

/** Fields without a resolver: each is the property of its name. A field with neither fails the start. */
const objectFacts: FactsOf<Objects> = {
  Movie: ['id'],
  Person: ['id', 'tmdbId', 'name', 'originalName', 'gender', 'knownForDepartment', 'popularity', 'adult'],
  PersonExternalIds: [
    'wikidataId',
    'facebookId',
    'instagramId',
    'tiktokId',
    'twitterId',
    'youtubeId',
    'freebaseMid',
    'freebaseId',
    'tvrageId',
  ],
  PersonImage: ['width', 'height', 'aspectRatio', 'language', 'voteAverage', 'voteCount'],
  PersonTranslation: ['language', 'country', 'languageName', 'englishName', 'biography', 'name'],
  LocalizedPerson: ['name', 'biography'],
  LocalizedText: ['text', 'language'],
  PersonOverride: ['field', 'editedAt'],
  CastCredit: ['version', 'creditId', 'castId', 'character', 'person'],
  CrewCredit: ['version', 'creditId', 'department', 'job', 'person'],
  FilmographyCredit: ['version', 'creditId', 'department', 'job', 'character'],
  DeletedPerson: ['id', 'version'],
  DeletedCredit: ['id', 'version'],
  ChangedPeople: ['results'],
  ChangedCredits: ['results'],
  PersonConnection: CONNECTION_FACTS,
  PersonEdge: EDGE_FACTS,
  PersonImageConnection: CONNECTION_FACTS,
  PersonImageEdge: EDGE_FACTS,
  PersonTranslationConnection: CONNECTION_FACTS,
  PersonTranslationEdge: EDGE_FACTS,
  CoStarConnection: CONNECTION_FACTS,
  CoStarEdge: EDGE_FACTS,
  CastConnection: CONNECTION_FACTS,
  CastEdge: EDGE_FACTS,
  CrewConnection: CONNECTION_FACTS,
  CrewEdge: EDGE_FACTS,
  FilmographyConnection: CONNECTION_FACTS,
  FilmographyEdge: EDGE_FACTS,
  PersonEvent: CHANGE_FACTS,
  PageInfo: PAGE_INFO_FACTS,
};

export const facts = { ...objectFacts, ...REFUSAL_FACTS };
