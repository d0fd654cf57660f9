import { Component, type ReactNode } from 'react';
import { Problem } from '../components/problem.tsx';

interface State {
  readonly error: unknown;
}

/** Shows that a page failed, such as when its script cannot be loaded, and keeps the frame around it. */
export class PageBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Problem title="This page did not load" onRetry={() => location.reload()}>
        A part of the site could not be loaded, perhaps because it was released anew.
      </Problem>
    );
  }
}
