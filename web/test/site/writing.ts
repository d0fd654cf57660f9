import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { SiteWorld } from './world.ts';

/** Tests of ratings and reviews. */
export function testWriting(world: SiteWorld): void {
  async function signIn(page: Page, subject: string): Promise<void> {
    const token = await world.token(subject);
    await page.goto('/ratings');
    await page.getByRole('textbox', { name: 'Token' }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(`Signed in as ${subject}.`).waitFor();
  }

  test('a second window sees a rating at once, through the subscription', async () => {
    const writer = await world.visit();
    const reader = await world.visit();
    const subscribing = reader.page.waitForRequest((request) => new URL(request.url()).searchParams.has('documentId'));
    await reader.page.goto('/movies/550');
    const votes = reader.page.getByTestId('votes');
    await Promise.all([votes.waitFor(), subscribing]);
    const operations = reader.operations.length;
    const before = Number((await votes.textContent())?.match(/([\d,]+) votes/)?.[1]?.replace(',', ''));
    assert.ok(before > 1_000);

    await signIn(writer.page, 'alice');
    await writer.page.getByText('You have rated no movie yet.').waitFor();
    await writer.page.goto('/movies/550');
    const slider = writer.page.getByRole('slider', { name: 'Your rating of 10' });
    await slider.focus();
    await writer.page.keyboard.press('End');
    await writer.page.keyboard.press('ArrowLeft');
    await writer.page.getByRole('button', { name: 'Rate' }).click();
    await writer.page.getByText('You rated this movie 9.5.').waitFor();

    await votes.getByText(`${(before + 1).toLocaleString('en')} votes`).waitFor();
    await votes.getByText('1 given here').waitFor();
    assert.equal(reader.operations.length, operations, 'no further operation');

    await writer.page.goto('/ratings');
    await writer.page
      .getByRole('list', { name: 'Your ratings' })
      .getByRole('link', { name: /Fight Club/ })
      .waitFor();
    await writer.page.getByRole('link', { name: /Fight Club/ }).click();
    await writer.page.getByRole('button', { name: 'Remove' }).click();
    await votes.getByText(`${before.toLocaleString('en')} votes`).waitFor();
    assert.deepEqual([...writer.complaints, ...reader.complaints], []);
    await Promise.all([writer.context.close(), reader.context.close()]);
  });

  test('a review is written, edited and deleted by its author alone', async () => {
    const { page, context } = await world.visit();
    await signIn(page, 'bob');
    await page.goto('/movies/603');
    const reviews = page.getByRole('region', { name: /^Reviews/ });
    await reviews.getByRole('textbox', { name: 'Your review' }).fill('There is <b>no</b> spoon.');
    await reviews.getByRole('textbox', { name: /Signature/ }).fill('Bob');
    await reviews.getByRole('button', { name: 'Publish' }).click();
    const mine = reviews.getByRole('article', { name: 'Review by Bob' });
    await mine.getByText('There is <b>no</b> spoon.').waitFor();

    const other = await world.visit();
    await other.page.goto('/movies/603');
    await other.page.getByRole('article', { name: 'Review by Bob' }).waitFor();
    assert.equal(await other.page.getByRole('button', { name: 'Edit' }).count(), 0);
    await other.context.close();

    await mine.getByRole('button', { name: 'Edit' }).click();
    await reviews.getByRole('textbox', { name: 'Your review' }).fill('It is the mind that bends.');
    await reviews.getByRole('button', { name: 'Save' }).click();
    await mine.getByText('It is the mind that bends.').waitFor();
    await mine.getByRole('button', { name: 'Delete' }).click();
    await mine.waitFor({ state: 'detached' });
    await reviews.getByRole('button', { name: 'Publish' }).waitFor();
    await context.close();
  });

  test('text that is no token is refused, and signing out forgets the token', async () => {
    const { page, context } = await world.visit();
    await page.goto('/movies/603');
    await page.getByText('to rate and review this movie').waitFor();
    await page.goto('/ratings');
    await page.getByRole('textbox', { name: 'Token' }).fill('alice');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This is no token.').waitFor();
    await signIn(page, 'carol');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem('marquee-token')), null);
    await context.close();
  });
}
