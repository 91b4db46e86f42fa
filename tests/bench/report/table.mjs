export const kFigures = [
  "local_ms",
  "local_update_ms",
  "remote_ms",
  "merge_ms",
  "save_ms",
  "save_bytes",
  "load_ms",
  "apply_one_ms",
  "heap_bytes",
];

const kReference = "yjs";

/** A Markdown table that is also aligned as plain text; numbers to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = ([first, ...others]) => {
    const padded = others.map((text, at) => text.padStart(widths[at + 1]));
    return `| ${[first.padEnd(widths[0]), ...padded].join(" | ")} |`;
  };
  const rule = widths.map((width, at) => (at === 0 ? "-" : ":").padStart(width, "-"));
  return [line(rows[0]), line(rule), ...rows.slice(1).map(line)].join("\n");
}

export function formatNumber(figure, value) {
  if (figure.endsWith("_bytes")) return Math.round(value).toLocaleString("en-US");
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** How many times better than Yjs, as 88x; one decimal where it matters. */
export function formatRatio(ratio) {
  return `${ratio >= 10 ? Math.round(ratio) : ratio.toPrecision(2)}x`;
}

function cell(figure, column, reference, limit) {
  const value = column.figures[figure];
  if (column.cut[figure] === "slow") return `>${limit} s`;
  if (column.cut[figure] === "updates") return "no updates";
  if (typeof value !== "number") return "–";
  const text = formatNumber(figure, value);
  const base = reference?.figures[figure];
  if (column === reference || typeof base !== "number" || !(value > 0)) return text;
  return `${text} (${formatRatio(base / value)})`;
}

function verdict({ figures, error, ended }, limit) {
  if (error) return `failed`;
  if (figures.ok === true) return "as recorded";
  if (figures.ok === undefined) return ended ? `>${limit} s` : "–";
  return figures.agree ? `agree, ${figures.final_length}` : "WRONG";
}

/** One trace's figures: a row each, a column for each library, ratios to Yjs in parentheses. */
export function traceTable(columns, limit) {
  const reference = columns.find(({ name }) => name === kReference);
  const rows = [["", ...columns.map(({ name }) => name)]];
  for (const figure of kFigures) {
    const cells = columns.map((column) => cell(figure, column, reference, limit));
    if (cells.some((text) => text !== "–")) rows.push([figure, ...cells]);
  }
  rows.push(["final text", ...columns.map((column) => verdict(column, limit))]);
  const failures = columns.filter(({ error }) => error);
  const notes = failures.map(({ name, error }) => `\n${name} failed: ${error}\n`);
  if (columns.some(({ cut }) => Object.values(cut).includes("updates"))) {
    notes.push(`\n"no updates": to make the authors' updates took more than ${2 * limit} s.\n`);
  }
  return `${table(rows)}\n${notes.join("")}`;
}

/** One row a curve, one column a size, nanoseconds an operation. */
export function growthTable(points) {
  const tables = [];
  for (const curve of new Set(points.map((point) => point.curve))) {
    const own = points.filter((point) => point.curve === curve);
    const rows = [[curve, ...own.map((point) => point.operations.toLocaleString("en-US"))]];
    rows.push(["ns per operation", ...own.map((point) => formatNumber("ns", point.ns_per_op))]);
    tables.push(table(rows));
  }
  return `${tables.join("\n\n")}\n`;
}
