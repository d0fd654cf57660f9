/** The address of the IDE; undefined where the gateway has none, and has removed the element. */
const IDE = document.querySelector<HTMLMetaElement>('meta[name="graphql-ide"]')?.content;

/** The attributions that TMDb and JustWatch require, and the way to the graph itself. */
export function Footer() {
  return (
    <footer className="footer">
      <p>Every page is one GraphQL operation over three subgraphs. {IDE && <a href={IDE}>Open the GraphQL IDE</a>}</p>
      <p>
        This product uses the TMDB API but is not endorsed or certified by TMDB. Where movies can be watched is data of
        JustWatch.
      </p>
    </footer>
  );
}
