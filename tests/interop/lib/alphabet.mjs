/** What people type, with everything in it that has ever broken a text editor. */

const kPlain = ["a", "b", "c", "x", " ", "the ", "word", "if (x) {", "}", ", ", "0", "-"];
const kBreaks = ["\n", "\n", "\r\n", "\r", "\n\n"];
const kBeyondBmp = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🇨🇭", "𝒳", "𠀋", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"];
const kMarks = ["é", "e\u0301", "a\u0308\u0323", "\u0301", "हिन्दी", "נִקּוּד", "ﬁ", "ſ"];
const kWide = ["漢字", "한국어", "かな", "،", "—", "€"];
const kOdd = [
  "\u0000",
  "\t",
  "\u2028",
  "\u200d",
  "\u200f",
  "\ufeff",
  "\ufffd",
  "\u0085",
  "\uffff",
  '"\\',
];

/** A few characters. */
export function snippet(random) {
  const pieces = random.weighted([
    [10, 1],
    [4, 2],
    [2, 4],
    [1, 10],
  ]);
  return random
    .list(pieces, () =>
      random.pick(
        random.weighted([
          [10, kPlain],
          [3, kBreaks],
          [5, kBeyondBmp],
          [2, kMarks],
          [2, kWide],
          [1, kOdd],
        ]),
      ),
    )
    .join("");
}

/** A source file of roughly the given size in UTF-16 units, as it comes from a paste. */
export function sourceFile(random, units) {
  const ending = random.chance(0.3) ? "\r\n" : "\n";
  const lines = [];
  for (let length = 0; length < units;) {
    const words = random.list(random.between(0, 12), () => random.pick(kPlain)).join("");
    const comment = random.chance(0.1) ? ` // ${snippet(random)}` : "";
    const line = " ".repeat(2 * random.below(5)) + words + comment;
    lines.push(line);
    length += line.length + ending.length;
  }
  return lines.join(ending) + (random.chance(0.5) ? ending : "");
}

/** The characters of a text, one string each: what a keyboard produces one after the other. */
export function keystrokes(text) {
  return Array.from(text);
}
