import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { withParameters } from '../../routing/paths.ts';
import { formatDate, formatDollars, languageName } from '../../text/format.ts';
import type { PageMovie } from './page-movie.ts';

const MAX_KEYWORDS = 16;

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function MovieFacts({ movie }: { readonly movie: PageMovie }) {
  const { releaseDate, originalLanguage, budget, revenue, homepage, imdbId } = movie;
  const { productionCountries, productionCompanies, spokenLanguages, keywords } = movie;
  return (
    <section className="section" aria-label="Facts">
      <h2 className="visually-hidden">Facts</h2>
      <dl className="facts">
        {releaseDate && <Fact name="Released">{formatDate(releaseDate)}</Fact>}
        {movie.status && <Fact name="Status">{movie.status}</Fact>}
        {originalLanguage && <Fact name="Original language">{languageName(originalLanguage)}</Fact>}
        {spokenLanguages.length > 0 && (
          <Fact name="Spoken">{spokenLanguages.map(({ code, englishName }) => englishName ?? code).join(', ')}</Fact>
        )}
        {productionCountries.length > 0 && (
          <Fact name="Country">{productionCountries.map(({ name }) => name).join(', ')}</Fact>
        )}
        {budget !== null && <Fact name="Budget">{formatDollars(budget)}</Fact>}
        {revenue !== null && <Fact name="Revenue">{formatDollars(revenue)}</Fact>}
        {productionCompanies.length > 0 && (
          <Fact name="Companies">
            <ul className="inline-list">
              {productionCompanies.map(({ id, name }) => (
                <li key={id}>
                  <Link href={withParameters('/browse', { company: id })}>{name}</Link>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {keywords.length > 0 && (
          <Fact name="Keywords">
            <ul className="inline-list">
              {keywords.slice(0, MAX_KEYWORDS).map(({ id, name }) => (
                <li key={id}>
                  <Link href={withParameters('/browse', { keyword: id })}>{name}</Link>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {(homepage !== null || imdbId !== null) && (
          <Fact name="Elsewhere">
            <ul className="inline-list">
              {homepage !== null && /^https?:\/\//.test(homepage) && (
                <li>
                  <a href={homepage} rel="noreferrer">
                    Web site
                  </a>
                </li>
              )}
              {imdbId !== null && (
                <li>
                  <a href={`https://www.imdb.com/title/${imdbId}/`} rel="noreferrer">
                    IMDb
                  </a>
                </li>
              )}
            </ul>
          </Fact>
        )}
      </dl>
    </section>
  );
}
