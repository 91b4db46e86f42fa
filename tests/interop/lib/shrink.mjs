/** Makes a failing plan smaller while it still fails. */

const kMaxAttempts = 400;
const kMaxMs = 60_000;

/**
 * @param {object} plan a plan that fails
 * @param {(plan: object) => Promise<boolean>} fails
 */
export async function shrink(plan, fails) {
  const deadline = Date.now() + kMaxMs;
  let attempts = 0;
  let best = plan;
  const attempt = async (candidate) => {
    if (attempts >= kMaxAttempts || Date.now() > deadline) return false;
    attempts++;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };

  for (let size = Math.ceil(best.ops.length / 2); size >= 1;) {
    let removed = false;
    for (let at = best.ops.length - size; at > -size; at -= size) {
      const from = Math.max(at, 0);
      const ops = best.ops.filter((_, index) => index < from || index >= at + size);
      if (ops.length < best.ops.length && (await attempt({ ...best, ops }))) removed = true;
    }
    if (!removed || size > 1) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  await dropReplicas();
  await shortenTexts();
  return best;

  async function dropReplicas() {
    for (
      let index = best.replicas.length - 1;
      index >= 0 && best.replicas.length > 1;
      index--
    ) {
      if (best.ops.some((op) => op.replica === index || op.from === index)) continue;
      const renumber = (number) => (number > index ? number - 1 : number);
      const ops = best.ops.map((op) => ({
        ...op,
        ...(op.replica === undefined ? {} : { replica: renumber(op.replica) }),
        ...(op.from === undefined ? {} : { from: renumber(op.from) }),
      }));
      await attempt({ ...best, ops, replicas: best.replicas.filter((_, i) => i !== index) });
    }
  }

  async function shortenTexts() {
    const replaceOp = (index, change) =>
      attempt({
        ...best,
        ops: best.ops.map((op, i) => (i === index ? { ...op, ...change } : op)),
      });
    for (let index = 0; index < best.ops.length; index++) {
      const { text, units } = best.ops[index];
      if (units > 100) await replaceOp(index, { units: 100 });
      if (text === undefined || text.length < 2) continue;
      if (await replaceOp(index, { text: "ab" })) continue;
      for (let keep = Array.from(text).length - 1; keep > 0; keep--) {
        if (
          !(await replaceOp(index, {
            text: Array.from(best.ops[index].text).slice(0, keep).join(""),
          }))
        )
          break;
      }
    }
  }
}
