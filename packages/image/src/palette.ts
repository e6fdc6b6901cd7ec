/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/**
 * The colours of PASCAL VOC for the classes 0 to `count - 1`: all different, class 0 black. A class
 * has the same colour in every mask.
 */
export function palette(count: number): readonly Colour[] {
  return Array.from({ length: count }, (_, classId) => colourOf(classId));
}

/** Bits 0, 3 and 6 of the class are the highest bits of red, 1, 4 and 7 of green, 2 and 5 of blue. */
function colourOf(classId: number): Colour {
  let [red, green, blue] = [0, 0, 0];
  for (let bits = classId, weight = 128; bits > 0; bits >>= 3, weight /= 2) {
    red += (bits & 1) * weight;
    green += ((bits >> 1) & 1) * weight;
    blue += ((bits >> 2) & 1) * weight;
  }
  return [red, green, blue];
}
