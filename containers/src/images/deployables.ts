/** What an image is made of, and where its Dockerfile is, by name of the image. */
export const DEPLOYABLES: Readonly<Record<string, string>> = {
  movies: 'subgraphs/movies/Dockerfile',
  people: 'subgraphs/people/Dockerfile',
  ratings: 'subgraphs/ratings/Dockerfile',
  gateway: 'gateway/Dockerfile',
  ingest: 'ingest/Dockerfile',
  secrets: 'containers/src/secrets/Dockerfile',
};

/** The name of an image in the engine. */
export function imageName(deployable: string, tag: string): string {
  return `marquee/${deployable}:${tag}`;
}
