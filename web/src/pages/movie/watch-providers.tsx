import { useSearchParams } from 'wouter';
import { Section } from '../../components/section.tsx';
import type { WatchOfferKind } from '../../generated/graphql.ts';
import { countryName } from '../../text/format.ts';
import type { PageMovie } from './page-movie.ts';

type Offer = NonNullable<PageMovie['watchProviders']>['edges'][number]['node']['offers'][number];

const KINDS: readonly (readonly [WatchOfferKind, string])[] = [
  ['FLATRATE', 'With a subscription'],
  ['FREE', 'Free'],
  ['ADS', 'With advertisements'],
  ['RENT', 'To rent'],
  ['BUY', 'To buy'],
];

function Offers({ name, offers }: { readonly name: string; readonly offers: readonly Offer[] }) {
  if (offers.length === 0) return null;
  return (
    <div className="offers">
      <h3>{name}</h3>
      <ul>
        {offers.map(({ provider }) => (
          <li key={provider.tmdbId}>
            {provider.logoUrl && <img src={provider.logoUrl} alt="" width="28" height="28" loading="lazy" />}
            {provider.name}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface WatchProvidersProps {
  readonly movie: PageMovie;
  readonly isPending: boolean;
  /** The viewer's country; the address may name another. */
  readonly country: string;
}

/** Offers by country, with the attribution that JustWatch requires. */
export function WatchProviders({ movie: { watchProviders }, isPending, country }: WatchProvidersProps) {
  const [parameters, setParameters] = useSearchParams();
  if (!watchProviders) return isPending ? <div className="section pending pending-block" /> : null;
  const countries = watchProviders.edges.map(({ node }) => node);
  if (countries.length === 0) return null;
  const chosen = parameters.get('country') ?? country;
  const shown = countries.find((each) => each.country === chosen);
  const options = [...new Set([chosen, ...countries.map((each) => each.country)])]
    .map((code) => [code, countryName(code)] as const)
    .sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <Section title="Where to watch">
      <label className="field">
        <span>Country</span>
        <select
          value={chosen}
          onChange={({ target }) =>
            setParameters(
              (previous) => {
                previous.set('country', target.value);
                return previous;
              },
              { replace: true },
            )
          }
        >
          {options.map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {shown === undefined && <p className="empty">No offers are known in {countryName(chosen)}.</p>}
      {shown !== undefined &&
        KINDS.map(([kind, name]) => (
          <Offers key={kind} name={name} offers={shown.offers.filter((offer) => offer.kind === kind)} />
        ))}
      <p className="attribution">
        Data by <a href="https://www.justwatch.com">JustWatch</a>
        {shown?.link && (
          <>
            {' · '}
            <a href={shown.link} rel="noreferrer">
              Links to the offers
            </a>
          </>
        )}
      </p>
    </Section>
  );
}
