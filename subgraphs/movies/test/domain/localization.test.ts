import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LanguageTag, localize, parseLanguageTag } from '../../src/domain/localization.ts';
import type { MovieTranslation } from '../../src/domain/movie-media.ts';

const MOVIE = {
  title: 'Spirited Away',
  originalTitle: '千と千尋の神隠し',
  originalLanguage: 'ja',
  overview: 'A girl works in a bathhouse.',
  tagline: null,
  homepage: null,
};

function translation(tag: string, texts: Partial<MovieTranslation>): MovieTranslation {
  const { language, country } = parseLanguageTag(tag) as LanguageTag;
  return { language, country, title: null, overview: null, tagline: null, homepage: null, runtime: null, ...texts };
}

const TRANSLATIONS = [
  translation('fr-CA', { title: 'Le Voyage' }),
  translation('fr-FR', { title: 'Le Voyage de Chihiro', overview: 'Une fille.', homepage: 'https://fr.example/' }),
  translation('ja-JP', { overview: '千尋', tagline: '不思議の町' }),
  translation('pt-PT', { title: 'A Viagem de Chihiro (PT)' }),
  translation('pt-BR', { title: 'A Viagem de Chihiro' }),
];

const localizeInto = (...tags: readonly string[]) =>
  localize(
    MOVIE,
    TRANSLATIONS,
    tags.map((tag) => parseLanguageTag(tag) as LanguageTag),
  );

describe('localize', () => {
  it('falls back field by field, and names the language of each text', () => {
    assert.deepEqual(localizeInto('fr-CA', 'fr', 'ja'), {
      title: { text: 'Le Voyage', language: 'fr-CA' },
      overview: { text: 'Une fille.', language: 'fr-FR' },
      tagline: { text: '不思議の町', language: 'ja-JP' },
      homepage: { text: 'https://fr.example/', language: 'fr-FR' },
    });
  });

  it('ends with the movie’s own texts, whose language is not known', () => {
    assert.deepEqual(localizeInto('ko'), {
      title: { text: 'Spirited Away', language: null },
      overview: { text: 'A girl works in a bathhouse.', language: null },
      tagline: null,
      homepage: null,
    });
    assert.deepEqual(localizeInto().title, { text: 'Spirited Away', language: null });
  });

  it('has the original title in the original language, which translations do not repeat', () => {
    assert.deepEqual(localizeInto('ja', 'fr').title, { text: '千と千尋の神隠し', language: 'ja' });
    assert.deepEqual(localizeInto('ja-JP', 'fr').title, { text: '千と千尋の神隠し', language: 'ja-JP' });
    assert.deepEqual(localizeInto('ja-BR', 'fr').title, { text: 'Le Voyage de Chihiro', language: 'fr-FR' });
  });

  it('prefers the most likely country of a language, and a named one', () => {
    assert.equal(localizeInto('pt').title.language, 'pt-BR');
    assert.equal(localizeInto('pt-PT').title.language, 'pt-PT');
    assert.equal(localizeInto('pt-AO', 'pt-PT').title.language, 'pt-PT');
  });
});

it('parses language tags in any case, and nothing else', () => {
  assert.deepEqual(parseLanguageTag('fr-ca'), { language: 'fr', country: 'CA' });
  assert.deepEqual(parseLanguageTag('xx'), { language: 'xx', country: null });
  for (const text of ['', 'f', 'french', 'fr_CA', 'fr-CAN', 'zh-Hant-TW', 'fr-', ' fr', 'fr\n']) {
    assert.equal(parseLanguageTag(text), undefined, text);
  }
});
