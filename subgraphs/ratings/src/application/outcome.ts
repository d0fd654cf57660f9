/** Who changes something. */
export interface Viewer {
  readonly subject: string;
  /** Whether the viewer may take away, and give back, what others wrote. */
  readonly isModerator: boolean;
}

/** What was done, or why nothing was. */
export type Outcome<Done, Why> = { readonly done: Done } | { readonly refused: Why };

/** There is nothing with this id. */
export interface NotFound {
  readonly kind: 'notFound';
  /** Which of a batch, counted from 0. */
  readonly index: number;
  readonly what: 'film' | 'review' | 'rating';
  readonly id: string;
}
