/** What a result knows of its streams, so that nothing is claimed beyond it. Judges nothing. */
import type { Result, StreamResult } from '../soak/result.ts';

/** Whether the sending end told how much it sent: one whose figures never came is not among the ends. Without it no loss is known. */
export function isSentKnown({ ends }: Pick<Result, 'ends'>, { from }: StreamResult): boolean {
  return ends.some(({ name }) => name === from);
}
