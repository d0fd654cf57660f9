/** The persons billed first in a film, each once; none of a film that has no cast. */
export interface TopBilled {
  readonly movieId: string;
  readonly personIds: readonly string[];
}

/** Where the persons are kept that films are billed by. */
export interface TopBilledStore {
  /** Each film is afterwards billed so, and not otherwise. Two statements, whatever the number of films. */
  save(films: readonly TopBilled[]): Promise<void>;
}
