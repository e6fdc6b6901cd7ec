/** As many colours as people tell apart; each has enough contrast on light and on dark. */
const COLOURS = [
  "#3b82f6",
  "#f2701d",
  "#10a37f",
  "#e0457b",
  "#8b5cf6",
  "#b8860b",
  "#0ea5b7",
  "#d63a3a",
  "#6b8e23",
  "#a05a2c",
] as const;

/** The colour of the n-th run that is shown. */
export function runColour(place: number): string {
  return COLOURS[place % COLOURS.length]!;
}

/** Beyond the colours, and for further ranks, lines are told apart by their dashes. */
export function runDash(place: number, rank: number): number[] {
  const kind = Math.floor(place / COLOURS.length) + rank;
  return kind === 0
    ? []
    : [
        [6, 3],
        [2, 3],
        [8, 3, 2, 3],
      ][(kind - 1) % 3]!;
}

/** The colour that a mask has for a class: that of PASCAL VOC, as the files of masks have it. */
export function classColour(classId: number): readonly [red: number, green: number, blue: number] {
  const colour: [number, number, number] = [0, 0, 0];
  for (let bits = classId, weight = 128; bits > 0; bits >>= 3, weight /= 2) {
    for (let channel = 0; channel < 3; channel++) colour[channel]! += ((bits >> channel) & 1) * weight;
  }
  return colour;
}
