import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { Provider } from 'urql';
import { createClient } from '../graphql/client.ts';
import { readToken, storeToken, type Viewer, viewerOf } from './token.ts';

/** The viewer, and how to become one. */
export interface Session {
  /** Undefined without a token. */
  readonly viewer: Viewer | undefined;
  signIn(token: string): void;
  signOut(): void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Provides the session, and a client whose cache belongs to the viewer. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(readToken);
  const client = useMemo(() => createClient(token), [token]);
  const session = useMemo<Session>(() => {
    const change = (next: string | undefined) => {
      storeToken(next);
      setToken(next);
    };
    return {
      viewer: token === undefined ? undefined : viewerOf(token),
      signIn: (next) => change(next),
      signOut: () => change(undefined),
    };
  }, [token]);
  return (
    <SessionContext value={session}>
      <Provider value={client}>{children}</Provider>
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionProvider above it.');
  return session;
}
