const LONGEST = 40

/** Text that is too long for a label, cut and marked as cut. */
export function cutText(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
