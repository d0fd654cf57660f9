import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SiteWorld } from './world.ts';

/** Tests of the pages that everybody reads. */
export function testReading(world: SiteWorld): void {
  test('a movie has its facts, cast, crew, media, offers, reviews and related movies, by one operation', async () => {
    const { page, operations, otherOrigins, complaints, context } = await world.visit();
    await page.goto('/movies/603');
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor();
    assert.equal(await page.title(), 'The Matrix (1999) · Marquee');
    await page.getByText('2 h 16 min').waitFor();
    await page.getByTestId('votes').getByText('8,907 votes').waitFor();
    await page.locator('.facts').getByText('$63,000,000').waitFor();
    await page.getByRole('link', { name: 'Keanu Reeves' }).waitFor();
    await page.locator('.crew').getByText('Director of Photography').waitFor();
    await page.getByRole('region', { name: /^Reviews/ }).waitFor();
    await page.getByRole('list', { name: 'Similar movies' }).getByRole('link').first().waitFor();
    await page
      .getByRole('list', { name: 'Recommended' })
      .getByRole('link', { name: /Fight Club/ })
      .waitFor();
    await page
      .getByRole('list', { name: 'The Matrix Collection' })
      .getByRole('link', { name: /Reloaded/ })
      .waitFor();
    const trailer = page.getByRole('link', { name: /Watch the trailer/ });
    assert.equal(await trailer.getAttribute('href'), 'https://www.youtube.com/watch?v=m8e-FF8MsqU');
    assert.equal(await page.getByRole('list', { name: 'Images' }).getByRole('img').count(), 2);

    const offers = page.getByRole('region', { name: 'Where to watch' });
    await offers.getByText('Streams').waitFor();
    assert.equal(await offers.getByRole('link', { name: 'JustWatch', exact: true }).count(), 1);
    await offers.getByRole('combobox', { name: 'Country' }).selectOption('DE');
    await offers.getByText('Verleih').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('country'), 'DE');
    await page.reload();
    await offers.getByText('Verleih').waitFor();

    const sent = operations.filter(({ method }) => method === 'POST');
    assert.equal(sent.length, 2, 'one operation for each time that the page was opened');
    assert.ok(operations.every(({ documentId, query }) => documentId?.startsWith('sha256:') && query === undefined));
    assert.deepEqual([...otherOrigins], ['https://image.tmdb.org']);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('a movie without a poster has a drawn one with its title, always the same', async () => {
    const { page, context } = await world.visit();
    await page.goto('/movies/603');
    const poster = page.locator('.hero-poster .poster-art');
    await poster.waitFor();
    assert.match((await poster.textContent()) ?? '', /^THE\s?MATRIX1999 {2}· {2}Action {2}· {2}Science Fiction$/);
    const drawn = await poster.innerHTML();
    await page.goto('/search?q=matrix');
    const found = page.getByRole('list', { name: 'Movies' }).getByRole('link', { name: /^The Matrix ?1999/ });
    assert.equal(await found.locator('svg.poster-art').innerHTML(), drawn);
    await context.close();
  });

  test('the search leads by the keyboard to a person, and their filmography to another movie', async () => {
    const { page, context, complaints } = await world.visit();
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('keanu ree', { delay: 30 });
    const suggestion = page.getByRole('option', { name: /Keanu Reeves/ });
    await suggestion.waitFor();
    await page.keyboard.press('ArrowDown');
    assert.equal(await suggestion.getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keanu Reeves' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/people/6384/keanu-reeves');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    await page
      .getByRole('list', { name: 'Filmography' })
      .getByRole('link', { name: /The Matrix Reloaded/ })
      .click();
    await page.getByRole('heading', { level: 1, name: 'The Matrix Reloaded' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Keanu Reeves' }).waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test('results of a search have an address', async () => {
    const { page, context } = await world.visit();
    await page.goto('/');
    await page.getByRole('combobox', { name: 'Search movies and people' }).fill('matrix');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Results for “matrix”' }).waitFor();
    await page.reload();
    await page
      .getByRole('list', { name: 'Movies' })
      .getByRole('link', { name: /Revolutions/ })
      .waitFor();
    await page.goto('/search?q=qqqqqqxxxx');
    await page.getByText('No movie and no person matches.').waitFor();
    await context.close();
  });

  test('the home page leads to the charts, whose pages have addresses', async () => {
    const { page, context, operations } = await world.visit();
    await page.goto('/');
    for (const name of ['Popular', 'Top rated', 'Newest', 'Most voted']) {
      await page.getByRole('list', { name, exact: true }).getByRole('link').first().waitFor();
    }
    assert.equal(operations.length, 1);
    await page.getByRole('link', { name: 'All of Top rated' }).click();
    await page.getByRole('heading', { level: 1, name: 'Top rated' }).waitFor();
    const chart = page.getByRole('list', { name: 'Top rated' });
    await chart.getByRole('link', { name: /Shawshank/ }).waitFor();
    await chart.getByRole('listitem').nth(49).waitFor();
    await page.getByRole('link', { name: 'Next' }).click();
    await page.waitForURL(/after=/);
    await chart.getByRole('link', { name: /Shawshank/ }).waitFor({ state: 'detached' });
    await chart.getByRole('listitem').nth(49).waitFor();
    assert.equal(await chart.getByRole('listitem').count(), 50);
    await page.getByRole('link', { name: 'Previous' }).click();
    await chart.getByRole('link', { name: /Shawshank/ }).waitFor();
    await page.getByRole('navigation', { name: 'Charts' }).getByRole('link', { name: 'Most voted' }).click();
    await page
      .getByRole('list', { name: 'Most voted' })
      .getByRole('link', { name: /Inception/ })
      .waitFor();
    await context.close();
  });

  test('filters narrow the list, and are in the address', async () => {
    const { page, context } = await world.visit();
    await page.goto('/browse');
    await page.getByText('300 movies').waitFor();
    await page.getByRole('list', { name: 'Genres' }).getByRole('link', { name: 'Science Fiction' }).click();
    await page.getByRole('heading', { level: 1, name: 'Science Fiction' }).waitFor();
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('rated');
    await page.getByRole('textbox', { name: 'From year' }).fill('1999');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=1999/);
    await page.getByRole('textbox', { name: 'To year' }).fill('1999');
    await page.keyboard.press('Enter');
    await page.waitForURL(/to=1999/);
    const movies = page.getByRole('list', { name: 'Movies' });
    await movies.getByRole('link', { name: /The Matrix/ }).waitFor();
    const { search } = new URL(page.url());
    assert.equal(search, '?genre=878&from=1999&to=1999&sort=rated');
    const count = await movies.getByRole('listitem').count();
    await page.reload();
    await movies.getByRole('link', { name: /The Matrix/ }).waitFor();
    assert.equal(await movies.getByRole('listitem').count(), count);
    await page.getByRole('combobox', { name: 'Original language' }).selectOption('sv');
    await page.getByText('No movie meets all of these filters.').waitFor();
    await page.getByRole('link', { name: 'Remove all filters' }).click();
    await page.getByText('300 movies').waitFor();
    await context.close();
  });
}
