import { useId, useState } from 'react';
import { Section } from '../../components/section.tsx';

/** Length from which only the beginning is shown at first. */
const LONG = 700;

export function Biography({ text }: { readonly text: string }) {
  const id = useId();
  const [isOpen, setOpen] = useState(text.length <= LONG);
  const paragraphs = text.split(/\n+/).filter((paragraph) => paragraph.trim() !== '');
  return (
    <Section title="Biography">
      <div id={id} className={isOpen ? 'prose' : 'prose clipped'}>
        {paragraphs.map((paragraph, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs never move.
          <p key={index}>{paragraph}</p>
        ))}
      </div>
      {text.length > LONG && (
        <button
          type="button"
          className="text-button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Read less' : 'Read on'}
        </button>
      )}
    </Section>
  );
}
