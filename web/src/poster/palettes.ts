import { pick, type Random } from './random.ts';

/** The colours of a drawn poster, as in a screen print. */
export interface Palette {
  readonly ground: string;
  /** Colour of the lettering, at least 7:1 on the ground. */
  readonly ink: string;
  readonly accents: readonly [string, string, string];
}

type Palettes = readonly [Palette, ...Palette[]];

const palette = (ground: string, ink: string, ...accents: [string, string, string]): Palette => ({
  ground,
  ink,
  accents,
});

const NIGHT: Palettes = [
  palette('#0b1d3a', '#f4ead5', '#ff6b35', '#2ec4b6', '#f7c59f'),
  palette('#1c0f3f', '#f7eefc', '#ff4d8d', '#5ce1e6', '#ffd166'),
  palette('#04282e', '#eafaf5', '#f4a259', '#2a9d8f', '#e9c46a'),
];
const EARTH: Palettes = [
  palette('#2d3142', '#f6efe4', '#ef8354', '#bfc0c0', '#4f5d75'),
  palette('#3d2527', '#f8ecdf', '#d9a066', '#8c5e58', '#f2d0a9'),
  palette('#1f3038', '#f2e9de', '#c6ac8f', '#7a6650', '#eae0d5'),
  palette('#efe3cf', '#2b1d14', '#c8553d', '#588b8b', '#f28f3b'),
];
const BLOOD: Palettes = [
  palette('#160607', '#f6e7d8', '#c1121f', '#780000', '#e0a458'),
  palette('#0d1411', '#e4f0da', '#8fbf3f', '#3a5a40', '#dad7cd'),
];
const FIRE: Palettes = [
  palette('#1a1a1a', '#fff3d6', '#ff3c00', '#ffb400', '#b3001b'),
  palette('#5e0d0d', '#ffeeda', '#ff7b00', '#ffd000', '#2b0505'),
  palette('#10243f', '#fff4e0', '#e63946', '#f1c453', '#457b9d'),
];
const CANDY: Palettes = [
  palette('#ffcf33', '#23160a', '#ff5d5d', '#2a9df4', '#ffffff'),
  palette('#ff9a76', '#2a0f0a', '#fff1c9', '#3f88c5', '#d7263d'),
  palette('#8fe0c8', '#0c2b22', '#ff6f59', '#fef9ef', '#254441'),
];
const ROSE: Palettes = [
  palette('#571730', '#ffe9ec', '#ff758f', '#ffb3c1', '#c9184a'),
  palette('#f7c6c7', '#46101f', '#e5566d', '#fff0f0', '#a4243b'),
];
const NOIR: Palettes = [
  palette('#141414', '#f3ecdc', '#e2b714', '#5a5a5a', '#a3a3a3'),
  palette('#1b2a2f', '#f0ead6', '#d1495b', '#6c8a91', '#edae49'),
  palette('#25142b', '#f5e9f7', '#e07a5f', '#6d4c7d', '#f2cc8f'),
];
const FOREST: Palettes = [
  palette('#12372a', '#fbf3dc', '#f4b942', '#436850', '#adbc9f'),
  palette('#1d2f6f', '#f6f3ff', '#f9c80e', '#8390fa', '#fac9b8'),
  palette('#43291f', '#fff3e0', '#f4a259', '#5b8e7d', '#f4e285'),
];
const DUST: Palettes = [
  palette('#7a2e12', '#fff0da', '#f2a65a', '#3d1308', '#f7d488'),
  palette('#f2d7a6', '#3a1a0c', '#d1603d', '#8c3b1f', '#fbf0d9'),
];

const BY_GENRE: Readonly<Record<string, Palettes>> = {
  Action: FIRE,
  Adventure: FOREST,
  Animation: CANDY,
  Comedy: CANDY,
  Crime: NOIR,
  Family: CANDY,
  Fantasy: FOREST,
  History: DUST,
  Horror: BLOOD,
  Music: ROSE,
  Mystery: NOIR,
  Romance: ROSE,
  'Science Fiction': NIGHT,
  Thriller: NOIR,
  War: EARTH,
  Western: DUST,
};

/** Selects a palette by the main genre. */
export function choosePalette(random: Random, genre: string | undefined): Palette {
  return pick(random, BY_GENRE[genre ?? ''] ?? EARTH);
}
