import { SingleBar } from 'cli-progress';

/** Creates a progress bar on stderr. @param figures what follows the bar, with placeholders in braces */
export function createBar(figures: string): SingleBar {
  return new SingleBar({
    format: `ingest {bar} ${figures}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The run handles Ctrl-C, and stops the bar.
    gracefulExit: false,
    stream: process.stderr,
  });
}
