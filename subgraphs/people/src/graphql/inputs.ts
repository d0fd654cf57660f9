import { changesSchema, MAX_CHANGES } from '@marquee/subgraph/mutations/changes';
import { decimal, text, webAddress, wholeNumber } from '@marquee/subgraph/mutations/input';
import { z } from 'zod';
import type { CreditChange, NewWork } from '../application/change-credits.ts';
import type { NewPerson, PersonChange } from '../application/change-people.ts';
import type { CreditKind } from '../domain/credit.ts';
import { readCreditId } from '../domain/credit-id.ts';
import type { CreditEdits } from '../domain/credit-overrides.ts';
import { type EditableFacts, PERSON_FIELDS, type PersonField } from '../domain/person-overrides.ts';

const REPEATED = 'Name it once.';

/** Returns the schema of a field that cannot be cleared: GraphQL allows null for an optional one. */
const required = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .any()
    .refine((value) => value !== null, {
      message: 'This cannot be cleared: send a value, or leave the field out.',
      params: { code: 'REQUIRED' },
      abort: true,
    })
    .pipe(schema);

/** Returns the schema of an input with at least one field. */
const someOf = <Schema extends z.ZodType<object>>(schema: Schema) =>
  schema.refine((given) => Object.keys(given).length > 0, {
    message: 'Send at least one field.',
    params: { code: 'NOTHING_TO_CHANGE' },
  });

/** The maximum length in TMDb's events. */
const NAME = text(600);

const profilePath = z.string().refine((path) => /^\/[A-Za-z0-9][A-Za-z0-9._-]{0,597}$/.test(path), {
  message:
    'Send the path of an image on TMDb’s image server, with a leading slash, such as /4D0PpNI0kmP58hgrwGC3wCjxhnm.jpg.',
  params: { code: 'NO_IMAGE_PATH' },
});

const imdbId = z.string().refine((id) => /^nm\d{1,62}$/.test(id), {
  message: 'Send IMDb’s id of the person, such as nm0000206.',
  params: { code: 'NO_IMDB_ID' },
});

const day = z.string().refine((date) => date >= '0001-01-01' && date <= '9999-12-31', {
  message: 'Send a day of the years 1 to 9999.',
  params: { code: 'NO_DATE' },
});

const MAX_NAMES = 100;

/** Other names, each once; null is none. */
const otherNames = z
  .array(NAME)
  .max(MAX_NAMES, { error: `Send at most ${MAX_NAMES}.` })
  .superRefine((given, context) => {
    for (const [place, name] of given.entries()) {
      if (given.indexOf(name) === place) continue;
      context.addIssue({ code: 'custom', path: [place], message: REPEATED, params: { code: 'REPEATED' }, input: name });
    }
  })
  .nullable()
  .transform((given) => given ?? []);

const personFields = {
  name: required(NAME),
  originalName: NAME.nullable(),
  gender: z.enum(['FEMALE', 'MALE', 'NON_BINARY']).nullable(),
  knownForDepartment: text(255).nullable(),
  profilePath: profilePath.nullable(),
  popularity: decimal(0, 1_000_000).nullable(),
  adult: required(z.boolean()),
  imdbId: imdbId.nullable(),
  biography: text(50_000).nullable(),
  birthday: day.nullable(),
  deathday: day.nullable(),
  placeOfBirth: NAME.nullable(),
  homepage: webAddress().nullable(),
  alsoKnownAs: otherNames,
} satisfies Record<PersonField, z.ZodType>;

/** An absent detail is unknown. */
const newPersonFacts = z.object({
  ...z.object(personFields).partial().shape,
  name: personFields.name,
  originalName: personFields.originalName.default(null),
  gender: personFields.gender.default(null),
  knownForDepartment: personFields.knownForDepartment.default(null),
  profilePath: personFields.profilePath.default(null),
  popularity: personFields.popularity.default(null),
  adult: z
    .boolean()
    .nullish()
    .transform((adult) => adult ?? false),
});

const newPerson = (newPersonFacts as z.ZodType<unknown> as z.ZodType<NewPerson>).transform(
  (facts): PersonChange => ({ kind: 'create', facts }),
);

/** Zod adds no key for an absent field. */
const personEdits = someOf(z.object(personFields).partial()) as z.ZodType<unknown> as z.ZodType<Partial<EditableFacts>>;

const atVersion = { id: z.string(), version: z.number() };

const personUpdate = z
  .object({ ...atVersion, input: personEdits })
  .transform(({ id, version, input }): PersonChange => ({ kind: 'update', id, version, edits: input }));

const personDeletion = z
  .object(atVersion)
  .transform(({ id, version }): PersonChange => ({ kind: 'delete', id, version }));

/** Values of the schema's `PersonField`, such as `ORIGINAL_NAME`, by field. */
const names = new Map(PERSON_FIELDS.map((field) => [field, field.replace(/[A-Z]/g, '_$&').toUpperCase()]));
const fieldsByName = new Map([...names].map(([field, name]) => [name, field]));

export const nameOfPersonField = (field: string): string => names.get(field as PersonField) ?? field;
const personFieldOf = (name: string): PersonField => fieldsByName.get(name) as PersonField;

const character = text(2_000).nullable();
const order = wholeNumber(0, 2_147_483_647);
const department = text(255);

/** Requires exactly one of `cast` and `crew`. */
const oneKind = <Input>(schema: z.ZodType<Input, object>) =>
  z
    .custom<{ readonly cast?: object | null; readonly crew?: object | null }>()
    .refine(({ cast, crew }) => (cast == null) !== (crew == null), {
      message: 'Send exactly one of `cast` and `crew`.',
      params: { code: 'NOT_ONE' },
      abort: true,
    })
    .pipe(schema);

const newPart = z
  .object({ character: character.default(null), order: order.nullable().default(null) })
  .transform((part): NewWork => ({ kind: 'cast', character: part.character, place: part.order }));

const newJob = z.object({ department, job: department }).transform((job): NewWork => ({ kind: 'crew', ...job }));

const newCredit = oneKind(
  z.object({ movieId: z.string(), personId: z.string(), cast: newPart.nullish(), crew: newJob.nullish() }),
).transform(({ movieId, personId, cast, crew }): CreditChange => {
  return { kind: 'create', movieId, personId, work: (cast ?? crew) as NewWork };
});

type Edits = { readonly of: CreditKind; readonly edits: CreditEdits };

const partEdits = someOf(z.object({ character, order: required(order) }).partial()).transform(
  ({ order: place, ...part }): Edits => ({
    of: 'cast',
    edits: (place === undefined ? part : { ...part, place }) as CreditEdits,
  }),
);

const jobEdits = someOf(z.object({ department: required(department), job: required(department) }).partial()).transform(
  (job): Edits => ({ of: 'crew', edits: job as CreditEdits }),
);

/** Parses a credit's id. An id of another form gets an empty key, which no credit has. */
const creditAtVersion = {
  id: z.string().transform((id) => readCreditId(id) ?? { movieId: id, key: '' }),
  version: z.number(),
};

const creditUpdate = z
  .object({ ...creditAtVersion, input: oneKind(z.object({ cast: partEdits.nullish(), crew: jobEdits.nullish() })) })
  .transform(({ id: ref, version, input: { cast, crew } }): CreditChange => {
    return { kind: 'update', ref, version, ...((cast ?? crew) as Edits) };
  });

const creditDeletion = z
  .object(creditAtVersion)
  .transform(({ id: ref, version }): CreditChange => ({ kind: 'delete', ref, version }));

/** Returns the keys of the movie's credits with these ids. */
const creditsRelease = z
  .object({ movieId: z.string(), ids: z.array(z.string()).nullish() })
  .transform(({ movieId, ids = null }, context) => {
    if (ids === null) return { movieId, keys: null };
    const refs = ids.map(readCreditId);
    const fault = (path: (string | number)[], message: string, code: string) =>
      context.addIssue({ code: 'custom', path, message, params: { code } });
    for (const [index, ref] of refs.entries()) {
      if (ref?.movieId !== movieId) fault(['ids', index], 'Send ids of credits of this movie.', 'OTHER_FILM');
    }
    if (ids.length < 1 || ids.length > MAX_CHANGES) {
      const message = `Send 1 to ${MAX_CHANGES} ids, or null for all credits.`;
      fault(['ids'], message, ids.length < 1 ? 'TOO_SHORT' : 'TOO_LONG');
    }
    return { movieId, keys: refs.flatMap((ref) => (ref === null ? [] : [ref.key])) };
  });

/** The arguments of each mutation, without the idempotency key. */
export const argumentsOf = {
  createPerson: z.object({ input: newPerson }).transform(({ input }) => input),
  updatePerson: personUpdate,
  deletePerson: personDeletion,
  changePeople: z.object({
    changes: changesSchema<PersonChange>({ create: newPerson, update: personUpdate, delete: personDeletion }, REPEATED),
  }),
  releasePersonOverrides: z.object({
    ...atVersion,
    fields: z
      .array(z.string().transform(personFieldOf))
      .nullish()
      .transform((fields) => fields ?? null),
  }),
  createCredit: z.object({ input: newCredit }).transform(({ input }) => input),
  updateCredit: creditUpdate,
  deleteCredit: creditDeletion,
  changeCredits: z.object({
    changes: changesSchema<CreditChange>({ create: newCredit, update: creditUpdate, delete: creditDeletion }, REPEATED),
  }),
  releaseCreditOverrides: creditsRelease,
};
