import type { ReactElement } from 'react';
import type { Palette } from './palettes.ts';
import { between, pick, type Random } from './random.ts';

/** Draws the picture of a poster in the upper 200 by 200 units. */
type Motif = (random: Random, palette: Palette) => ReactElement;

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const planet: Motif = (random, { accents: [a, b, c], ink }) => {
  const x = between(random, 60, 140);
  const y = between(random, 70, 110);
  const radius = between(random, 38, 58);
  const tilt = between(random, -30, 30);
  return (
    <g>
      {range(34).map((star) => (
        <circle
          key={star}
          cx={between(random, 0, 200)}
          cy={between(random, 0, 200)}
          r={between(random, 0.4, 1.3)}
          fill={ink}
        />
      ))}
      <circle cx={x} cy={y} r={radius + 26} fill={b} opacity="0.16" />
      <circle cx={x} cy={y} r={radius + 13} fill={b} opacity="0.22" />
      <circle cx={x} cy={y} r={radius} fill={a} />
      <path
        d={`M${x - radius} ${y}a${radius} ${radius} 0 0 0 ${2 * radius} 0z`}
        fill={c}
        opacity="0.55"
        transform={`rotate(${tilt} ${x} ${y})`}
      />
      <ellipse
        cx={x}
        cy={y}
        rx={radius * 1.75}
        ry={radius * 0.34}
        fill="none"
        stroke={c}
        strokeWidth="3.5"
        transform={`rotate(${tilt} ${x} ${y})`}
      />
    </g>
  );
};

const grid: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 70, 130);
  const radius = between(random, 42, 56);
  return (
    <g>
      <circle cx={x} cy="104" r={radius} fill={a} />
      {range(5).map((bar) => (
        <rect key={bar} x="0" y={112 + bar * 10} width="200" height={2.5 + bar * 1.2} className="poster-ground" />
      ))}
      <g stroke={b} strokeWidth="1.2" fill="none">
        {range(15).map((line) => (
          <path key={line} d={`M100 152L${-180 + line * 40} 240`} />
        ))}
        {range(6).map((line) => (
          <path key={line} d={`M0 ${152 + line * line * 2.6}H200`} />
        ))}
      </g>
      <circle cx={x + radius} cy="42" r="4" fill={c} />
    </g>
  );
};

const moonAndTeeth: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 70, 130);
  const teeth = Math.round(between(random, 5, 8));
  const step = 200 / teeth;
  const row = range(teeth).map(
    (tooth) => `L${(tooth + 0.5) * step} ${between(random, 120, 172)}L${(tooth + 1) * step} 200`,
  );
  return (
    <g>
      <circle cx={x} cy="86" r={between(random, 44, 60)} fill={c} />
      <circle cx={x + between(random, 12, 26)} cy="78" r={between(random, 38, 48)} fill={b} />
      <path d={`M0 200${row.join('')}z`} fill={a} />
      {range(3).map((drop) => (
        <path key={drop} d={`M${30 + drop * 62} 0v${between(random, 14, 52)}a4 4 0 0 0 8 0v-60z`} fill={a} />
      ))}
    </g>
  );
};

const burst: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 70, 130);
  const y = between(random, 84, 116);
  const rays = Math.round(between(random, 9, 14)) * 2;
  const turn = between(random, 0, 40);
  const corner = (index: number) => {
    const angle = ((index * 360) / rays + turn) * (Math.PI / 180);
    return `${(x + 240 * Math.cos(angle)).toFixed(1)} ${(y + 240 * Math.sin(angle)).toFixed(1)}`;
  };
  return (
    <g>
      {range(rays / 2).map((ray) => (
        <path key={ray} d={`M${x} ${y}L${corner(2 * ray)}L${corner(2 * ray + 1)}z`} fill={ray % 3 === 0 ? b : a} />
      ))}
      <circle cx={x} cy={y} r="36" fill={c} />
      <circle cx={x} cy={y} r="20" fill={b} />
    </g>
  );
};

const stripes: Motif = (random, { accents: [a, b, c] }) => {
  const turn = pick(random, [-38, -24, 24, 38]);
  const x = between(random, 74, 126);
  return (
    <g>
      <g transform={`rotate(${turn} 100 100)`}>
        {range(7).map((bar) => (
          <rect
            key={bar}
            x="-120"
            y={-30 + bar * 38}
            width="440"
            height={between(random, 8, 24)}
            fill={[a, b, c][bar % 3]}
          />
        ))}
      </g>
      <circle cx={x} cy="100" r="34" className="poster-ground" />
      <circle cx={x} cy="100" r="22" fill={b} />
    </g>
  );
};

const confetti: Motif = (random, { accents: [a, b, c], ink }) => (
  <g>
    <circle cx={between(random, 50, 90)} cy={between(random, 60, 100)} r={between(random, 44, 62)} fill={a} />
    <circle cx={between(random, 120, 160)} cy={between(random, 100, 140)} r={between(random, 34, 50)} fill={b} />
    <circle cx={between(random, 90, 130)} cy={between(random, 40, 60)} r={between(random, 16, 28)} fill={c} />
    {range(16).map((piece) => (
      <rect
        key={piece}
        x={between(random, 0, 190)}
        y={between(random, 0, 190)}
        width="11"
        height="4"
        rx="2"
        fill={[a, b, c, ink][piece % 4]}
        transform={`rotate(${between(random, 0, 180)} 100 100)`}
      />
    ))}
  </g>
);

const arches: Motif = (random, { accents: [a, b, c] }) => {
  const columns = pick(random, [2, 3, 4]);
  const size = 200 / columns;
  return (
    <g>
      {range(columns * columns).map((cell) => {
        const x = (cell % columns) * size;
        const y = Math.floor(cell / columns) * size;
        const fill = pick(random, [a, b, c]);
        const inner = pick(random, [a, b, c]);
        const turn = pick(random, [0, 90, 180, 270]);
        return (
          <g key={cell} transform={`rotate(${turn} ${x + size / 2} ${y + size / 2})`}>
            <path d={`M${x} ${y + size}a${size} ${size} 0 0 1 ${size} ${-size}v${size}z`} fill={fill} />
            {fill !== inner && (
              <path
                d={`M${x + size / 2} ${y + size}a${size / 2} ${size / 2} 0 0 1 ${size / 2} ${-size / 2}v${size / 2}z`}
                fill={inner}
              />
            )}
          </g>
        );
      })}
    </g>
  );
};

const horizon: Motif = (random, { accents: [a, b, c] }) => {
  const y = between(random, 104, 128);
  const x = between(random, 60, 140);
  return (
    <g>
      <circle cx={x} cy={y - 12} r={between(random, 42, 60)} fill={a} />
      <rect x="0" y={y} width="200" height={200 - y} fill={b} />
      {range(6).map((wave) => (
        <rect
          key={wave}
          x={x - 50 + wave * 7}
          y={y + 8 + wave * 11}
          width={100 - wave * 14}
          height="4"
          rx="2"
          fill={wave % 2 ? c : a}
        />
      ))}
    </g>
  );
};

const mountains: Motif = (random, { accents: [a, b, c] }) => {
  const ridge = (base: number, height: number) =>
    range(6)
      .map(
        (peak) =>
          `L${peak * 44 - 10 + between(random, -6, 6)} ${base - (peak % 2 ? between(random, height * 0.6, height) : between(random, 0, height * 0.4))}`,
      )
      .join('');
  return (
    <g>
      <circle cx={between(random, 60, 150)} cy={between(random, 46, 70)} r={between(random, 22, 36)} fill={a} />
      <path d={`M-10 200${ridge(140, 70)}L210 200z`} fill={c} opacity="0.75" />
      <path d={`M-10 200${ridge(165, 60)}L210 200z`} fill={b} />
      <path d={`M-10 200${ridge(190, 40)}L210 200z`} className="poster-ground" opacity="0.85" />
    </g>
  );
};

const mesa: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 60, 140);
  const left = between(random, 10, 50);
  return (
    <g>
      <circle cx={x} cy="96" r={between(random, 46, 62)} fill={c} />
      <path d={`M0 200V158h${left}l6 -46h42l6 46h34l5 -26h30l5 26H200v42z`} fill={a} />
      <path d="M0 200v-22q60 -14 110 0t90 -6v28z" fill={b} />
    </g>
  );
};

const hearts: Motif = (random, { accents: [a, b, c] }) => {
  const radius = between(random, 46, 56);
  const distance = between(random, 24, 34);
  return (
    <g>
      <circle cx={100 - distance} cy="100" r={radius} fill={a} />
      <circle cx={100 + distance} cy="100" r={radius} fill={b} />
      <path
        d={`M100 ${100 - Math.sqrt(radius ** 2 - distance ** 2)}a${radius} ${radius} 0 0 1 0 ${2 * Math.sqrt(radius ** 2 - distance ** 2)}a${radius} ${radius} 0 0 1 0 ${-2 * Math.sqrt(radius ** 2 - distance ** 2)}z`}
        fill={c}
      />
    </g>
  );
};

const blinds: Motif = (random, { accents: [a, b] }) => {
  const x = between(random, 80, 120);
  return (
    <g>
      <circle cx={x} cy="96" r="66" fill={a} />
      <path d={`M${x - 30} 200c0 -40 10 -52 20 -58a22 22 0 1 1 20 0c10 6 20 18 20 58z`} className="poster-ground" />
      <path d={`M${x - 28} 98q28 -12 56 0l-6 -8q-4 -24 -22 -24t-22 24z`} fill={b} />
      {range(9).map((slat) => (
        <rect
          key={slat}
          x="0"
          y={14 + slat * 21}
          width="200"
          height={between(random, 3, 8)}
          className="poster-ground"
        />
      ))}
    </g>
  );
};

const spiral: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 84, 116);
  return (
    <g fill="none" strokeWidth="7">
      {range(8).map((ring) => (
        <circle
          key={ring}
          cx={x + ring * between(random, -2.2, 2.2)}
          cy={100 + ring * between(random, -2, 2)}
          r={9 + ring * 14}
          stroke={[a, b, a, c][ring % 4]}
          strokeDasharray={`${between(random, 40, 120)} ${between(random, 6, 40)}`}
          transform={`rotate(${between(random, 0, 360)} ${x} 100)`}
        />
      ))}
    </g>
  );
};

const keyhole: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 84, 116);
  return (
    <g>
      <path d={`M${x - 90} 100q90 -92 180 0q-90 92 -180 0z`} fill={a} />
      <circle cx={x} cy="100" r="40" fill={c} />
      <circle cx={x} cy="100" r="30" fill={b} />
      <path d={`M${x - 8} 128l4 -26a12 12 0 1 1 8 0l4 26z`} className="poster-ground" />
    </g>
  );
};

const columns: Motif = (random, { accents: [a, b, c] }) => (
  <g>
    <path d="M14 62L100 18l86 44z" fill={a} />
    <rect x="14" y="66" width="172" height="9" fill={c} />
    {range(5).map((column) => (
      <rect
        key={column}
        x={22 + column * 34}
        y={80 + (column === 3 ? between(random, 0, 46) : 0)}
        width="20"
        height="130"
        fill={column % 2 ? b : a}
      />
    ))}
    <rect x="0" y="180" width="200" height="20" fill={c} />
  </g>
);

const waveform: Motif = (random, { accents: [a, b, c] }) => (
  <g>
    {range(17).map((bar) => {
      const height = between(random, 20, 60 + 100 * Math.sin((bar / 16) * Math.PI));
      return (
        <rect
          key={bar}
          x={12 + bar * 10.6}
          y={104 - height / 2}
          width="6.4"
          height={height}
          rx="3.2"
          fill={[a, b, c][bar % 3]}
        />
      );
    })}
  </g>
);

const bars: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 60, 140);
  return (
    <g>
      <rect x="0" y="126" width="200" height="74" fill={b} />
      <circle cx={x} cy="126" r={between(random, 36, 52)} fill={a} />
      <rect x="0" y="126" width="200" height="74" fill={b} />
      {range(9).map((post) => (
        <path
          key={post}
          d={`M${post * 25 - 6} 200l${between(random, 4, 10)} -${between(random, 40, 92)}h3l6 92z`}
          fill={c}
        />
      ))}
    </g>
  );
};

const balloons: Motif = (random, { accents: [a, b, c], ink }) => (
  <g>
    {range(7).map((balloon) => {
      const x = 24 + balloon * 25 + between(random, -8, 8);
      const y = between(random, 34, 120);
      return (
        <g key={balloon}>
          <path d={`M${x} ${y + 20}Q${x + 8} 160 100 220`} stroke={ink} strokeWidth="0.8" fill="none" opacity="0.5" />
          <ellipse cx={x} cy={y} rx="17" ry="21" fill={[a, b, c][balloon % 3]} />
          <ellipse cx={x - 5} cy={y - 8} rx="3.5" ry="6" fill="#fff" opacity="0.45" />
        </g>
      );
    })}
  </g>
);

const spotlight: Motif = (random, { accents: [a, b, c] }) => {
  const x = between(random, 60, 140);
  const top = between(random, 20, 180);
  return (
    <g>
      <path d={`M${top - 6} -4h12L${x + 70} 166h-140z`} fill={b} opacity="0.55" />
      <path d={`M${top - 4} -4h8L${x + 46} 166h-92z`} fill={b} opacity="0.6" />
      <ellipse cx={x} cy="166" rx="74" ry="17" fill={a} />
      <circle cx={x} cy="104" r="9" fill={c} />
      <path d={`M${x - 13} 166q-2 -50 13 -50t13 50z`} fill={c} />
    </g>
  );
};

const windows: Motif = (random, { accents: [a, b, c] }) => {
  const columns = pick(random, [4, 5, 6]);
  const size = 176 / columns;
  return (
    <g>
      {range(columns * columns).map((cell) => (
        <rect
          key={cell}
          x={13 + (cell % columns) * size}
          y={10 + Math.floor(cell / columns) * size}
          width={size - 7}
          height={size - 5}
          fill={random() < 0.2 ? a : random() < 0.25 ? c : b}
          opacity={random() < 0.5 ? 1 : 0.55}
        />
      ))}
    </g>
  );
};

const rings: Motif = (random, { accents: [a, b, c] }) => {
  const x = pick(random, [0, 100, 200]);
  const y = pick(random, [40, 100, 190]);
  const width = between(random, 11, 17);
  return (
    <g fill="none" strokeWidth={width}>
      {range(9).map((ring) => (
        <circle key={ring} cx={x} cy={y} r={width * 0.6 + ring * width * 1.55} stroke={[a, b, c, b][ring % 4]} />
      ))}
    </g>
  );
};

const BY_GENRE: Readonly<Record<string, readonly [Motif, ...Motif[]]>> = {
  Action: [burst, stripes],
  Adventure: [mountains, horizon],
  Animation: [balloons, arches, confetti],
  Comedy: [confetti, arches],
  Crime: [blinds, windows, spotlight],
  Family: [balloons, confetti],
  Fantasy: [mountains, planet],
  History: [columns, bars],
  Horror: [moonAndTeeth],
  Music: [waveform, rings],
  Mystery: [keyhole, spiral],
  Romance: [hearts, horizon],
  'Science Fiction': [planet, grid],
  Thriller: [spiral, rings, keyhole],
  War: [bars, stripes],
  Western: [mesa],
};

/** Selects a motif by the main genre. */
export function chooseMotif(random: Random, genre: string | undefined): Motif {
  return pick(random, BY_GENRE[genre ?? ''] ?? [arches, horizon, rings, spotlight, windows, hearts]);
}
