import { useId, useState } from 'react';
import { useSession } from './session.tsx';
import { tokenIn } from './token.ts';

/** The form for the viewer's token. */
export function SignIn() {
  const id = useId();
  const { signIn } = useSession();
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        const token = tokenIn(String(new FormData(event.currentTarget).get('token')));
        setWrong(token === undefined);
        if (token !== undefined) signIn(token);
      }}
    >
      <p>
        Ratings and reviews need a token. On your own machine, <code>npm run -s token -- --subject alice</code> prints
        one; it stays in this browser.
      </p>
      <label className="field" htmlFor={id}>
        <span>Token</span>
      </label>
      <textarea
        id={id}
        className="token"
        name="token"
        rows={3}
        required
        spellCheck="false"
        autoComplete="off"
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-error` : undefined}
      />
      {isWrong && (
        <p id={`${id}-error`} className="error" role="alert">
          This is no token. Paste the whole line that the command prints.
        </p>
      )}
      <button type="submit" className="button">
        Sign in
      </button>
    </form>
  );
}
