import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localize, parseLanguageTag } from '../../src/domain/localization.ts';
import { translation } from '../fixtures/details.ts';

const tags = (...given: string[]) =>
  given.map((tag) => parseLanguageTag(tag) as NonNullable<ReturnType<typeof parseLanguageTag>>);

const TRANSLATIONS = [
  translation('fr', 'BE', { biography: 'belge' }),
  translation('fr', 'CA', { biography: null, name: 'canadien' }),
  translation('fr', 'FR', { biography: 'français' }),
  translation('pt', 'BR', { biography: 'brasileira' }),
  translation('en', 'GB', { biography: 'British' }),
  translation('en', 'US', { biography: 'American' }),
];

test('each text is that of the first language that has it, with its tag', () => {
  const cases: [string[], string, string | null][] = [
    [['fr-CA', 'fr', 'en'], 'français', 'fr-FR'],
    [['fr-BE'], 'belge', 'fr-BE'],
    [['de', 'pt'], 'brasileira', 'pt-BR'],
    [['pt-PT', 'de'], 'own', null],
    [['en', 'fr'], 'own', null],
    [['EN-us'], 'own', null],
    [['en-GB'], 'British', 'en-GB'],
    [['FR-ca', 'PT-br'], 'brasileira', 'pt-BR'],
  ];
  for (const [languages, text, language] of cases) {
    assert.deepEqual(
      localize('biography', tags(...languages), TRANSLATIONS, 'own'),
      { text, language },
      `${languages}`,
    );
  }
  assert.deepEqual(localize('name', tags('fr-FR', 'fr'), TRANSLATIONS, 'Own'), { text: 'canadien', language: 'fr-CA' });
});

test('without an own text, English is a translation like others, and there may be none', () => {
  assert.deepEqual(localize('biography', tags('en'), TRANSLATIONS, null), { text: 'American', language: 'en-US' });
  assert.equal(localize('biography', tags('ja'), TRANSLATIONS, null), null);
});

test('a tag is a language, perhaps with a country', () => {
  assert.deepEqual(parseLanguageTag('Zh-tw'), { language: 'zh', country: 'TW' });
  for (const tag of ['', 'f', 'fr_CA', 'fr-', 'french', 'fr-CAN', 'zh-Hans', 'fr-CA-x', ' fr']) {
    assert.equal(parseLanguageTag(tag), undefined, tag);
  }
});
