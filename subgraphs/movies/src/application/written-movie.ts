/** What became of a film that was written, for those who are to be told. */
export type WrittenMovie =
  | { readonly id: string; readonly deleted: true }
  | { readonly id: string; readonly deleted: false; readonly releaseDate: string | null };
