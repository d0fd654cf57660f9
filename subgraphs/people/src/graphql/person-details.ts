import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { userInputError } from '@marquee/subgraph/user-input-error';
import { type LanguageTag, localize, parseLanguageTag } from '../domain/localization.ts';
import type { Person } from '../domain/person.ts';
import type { PersonDetails } from '../domain/person-details.ts';
import type { Context } from './context.ts';
import type { LocalizedPerson } from './facts.ts';
import { IMAGES, TRANSLATIONS } from './orderings.ts';

const MAX_LANGUAGES = 20;

const from = readingWhole<Person, Context>();

/** Returns the resolver of a detail. */
const detail = (field: keyof PersonDetails) =>
  from(async ({ id }, _, { loaders }) => (await loaders.personDetails.load(id))[field]);

/** Resolvers of the fields of a person that credits do not have. */
export const details = {
  imdbId: detail('imdbId'),
  biography: detail('biography'),
  birthday: detail('birthday'),
  deathday: detail('deathday'),
  placeOfBirth: detail('placeOfBirth'),
  alsoKnownAs: detail('alsoKnownAs'),
  homepage: detail('homepage'),
  externalIds: detail('externalIds'),

  images: from(async ({ id }, args: PageArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: IMAGES });
    const rows = await loaders.images.load(id, { page });
    return toConnection(
      rows,
      page,
      ({ place }) => [place],
      () => loaders.imageCount.load(id),
    );
  }),

  translations: from(async ({ id }, args: PageArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: TRANSLATIONS });
    const rows = await loaders.translations.load(id, { page });
    return toConnection(
      rows,
      page,
      ({ language, country }) => [language, country],
      () => loaders.translationCount.load(id),
    );
  }),

  localized: from(
    async ({ id, name }, { languages }: { languages: readonly string[] }, { loaders }): Promise<LocalizedPerson> => {
      const tags = languageTags(languages);
      const [{ biography }, translations] = await Promise.all([
        loaders.personDetails.load(id),
        loaders.translationsInto.load(id, { languages: [...new Set(tags.map(({ language }) => language))] }),
      ]);
      return {
        name: localize('name', tags, translations, name),
        biography: localize('biography', tags, translations, biography),
      };
    },
  ),
};

function languageTags(languages: readonly string[]): LanguageTag[] {
  if (languages.length < 1 || languages.length > MAX_LANGUAGES) {
    throw userInputError(`\`languages\` must have 1 to ${MAX_LANGUAGES} entries.`);
  }
  return languages.map((tag) => {
    const parsed = parseLanguageTag(tag);
    if (parsed !== undefined) return parsed;
    const given = JSON.stringify(tag.slice(0, 40));
    throw userInputError(
      `\`languages\`: ${given} is no language. Send an ISO 639 code, perhaps with a country, such as fr or fr-CA.`,
    );
  });
}
