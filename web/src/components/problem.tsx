import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { explain } from '../graphql/explain.ts';

interface ProblemProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onRetry?: (() => void) | undefined;
}

/** The state of a page that has nothing to show: nothing found, or an error. */
export function Problem({ title, children, onRetry }: ProblemProps) {
  return (
    <div className="problem" role={onRetry ? 'alert' : undefined}>
      <svg viewBox="0 0 120 80" aria-hidden="true" focusable="false">
        <rect x="4" y="14" width="112" height="52" rx="6" className="ticket" />
        <circle cx="4" cy="40" r="9" className="ticket-hole" />
        <circle cx="116" cy="40" r="9" className="ticket-hole" />
        <path d="M36 18v44" className="ticket-tear" />
      </svg>
      <h1>{title}</h1>
      <p>{children}</p>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** The error of a page's operation. */
export function RequestProblem({ error, onRetry }: { readonly error: CombinedError; readonly onRetry: () => void }) {
  return (
    <Problem title="This page did not load" onRetry={onRetry}>
      {explain(error)}
    </Problem>
  );
}
