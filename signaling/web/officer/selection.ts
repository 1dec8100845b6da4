/** Which row of a list is the one, while its rows come, go and move by themselves. */

/** Where the choice goes when the list has become `after`: it stays with its row; when that has gone, with the nearest
 * that followed it, else the nearest before it. */
export function keepChoice(before: readonly string[], after: readonly string[], chosen: string | null): string | null {
  if (chosen === null) return null;
  const there = new Set(after);
  if (there.has(chosen)) return chosen;
  const place = before.indexOf(chosen);
  if (place < 0) return after[0] ?? null;
  return (
    before.slice(place + 1).find((id) => there.has(id)) ??
    before.slice(0, place).reverse().find((id) => there.has(id)) ??
    after[0] ??
    null
  );
}

/** `step` rows further, within the list; from nothing chosen to its begin or end. */
export function stepChoice(ids: readonly string[], chosen: string | null, step: number): string | null {
  if (ids.length === 0) return null;
  const place = chosen === null ? -1 : ids.indexOf(chosen);
  if (place < 0) return (step > 0 ? ids[0] : ids[ids.length - 1]) ?? null;
  return ids[Math.min(Math.max(place + step, 0), ids.length - 1)] ?? null;
}

/** What a key does to the choice in a list; undefined: nothing. A page is what moves with PageUp and PageDown. */
export function choiceByKey(ids: readonly string[], chosen: string | null, key: string, page = 10): string | null | undefined {
  switch (key) {
    case "ArrowDown":
    case "j":
      return stepChoice(ids, chosen, 1);
    case "ArrowUp":
    case "k":
      return stepChoice(ids, chosen, -1);
    case "PageDown":
      return stepChoice(ids, chosen, page);
    case "PageUp":
      return stepChoice(ids, chosen, -page);
    case "Home":
      return ids[0] ?? null;
    case "End":
      return ids[ids.length - 1] ?? null;
    default:
      return undefined;
  }
}
