import { decimal, parseInput, text } from '@marquee/subgraph/mutations/input';
import type { ArgumentPath } from '@marquee/subgraph/mutations/refusal';
import { z } from 'zod';
import { PERSON_FIELDS, type PersonFacts, type PersonField } from '../domain/person-overrides.ts';
import { required, someOf } from './inputs.ts';

/** As long as what TMDb's events may say. */
const NAME = text(600);

const profilePath = z.string().refine((path) => /^\/[A-Za-z0-9][A-Za-z0-9._-]{0,597}$/.test(path), {
  message:
    'Send the path of an image on TMDb’s image server, with a leading slash, such as /4D0PpNI0kmP58hgrwGC3wCjxhnm.jpg.',
  params: { code: 'NO_IMAGE_PATH' },
});

const fields = {
  name: required(NAME),
  originalName: NAME.nullable(),
  gender: z.enum(['FEMALE', 'MALE', 'NON_BINARY']).nullable(),
  knownForDepartment: text(255).nullable(),
  profilePath: profilePath.nullable(),
  popularity: decimal(0, 1_000_000).nullable(),
  adult: required(z.boolean()),
} satisfies Record<PersonField, z.ZodType>;

const newPerson = z.object({
  ...fields,
  originalName: fields.originalName.default(null),
  gender: fields.gender.default(null),
  knownForDepartment: fields.knownForDepartment.default(null),
  profilePath: fields.profilePath.default(null),
  popularity: fields.popularity.default(null),
  adult: z
    .boolean()
    .nullish()
    .transform((adult) => adult ?? false),
});

/** Only what is given is there: zod adds no key. */
const edits = someOf(z.object(fields).partial()) as z.ZodType<unknown> as z.ZodType<Partial<PersonFacts>>;

/** Reads `CreatePersonInput`. */
export const newPersonOf = (input: unknown, at: ArgumentPath) =>
  parseInput<z.ZodType<PersonFacts>>(newPerson, input, at);

/** Reads `UpdatePersonInput`: the fields that are given. */
export const personEditsOf = (input: unknown, at: ArgumentPath) => parseInput(edits, input, at);

/** `PersonField` of the schema and the field that it names: `ORIGINAL_NAME`. */
const names = new Map(PERSON_FIELDS.map((field) => [field, field.replace(/[A-Z]/g, '_$&').toUpperCase()]));
const fieldsByName = new Map([...names].map(([field, name]) => [name, field]));

export const nameOfPersonField = (field: string): string => names.get(field as PersonField) ?? field;
export const personFieldOf = (name: string): PersonField => fieldsByName.get(name) as PersonField;
