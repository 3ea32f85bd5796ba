/** The two ends and the two directions of a line: their names, and what one direction is like. */
import type { ChannelOptions } from './channel.ts';

/** One of the two ends, or the direction that is sent from it. */
export type End = 0 | 1;

/** The end that is not `end`. */
export function other(end: End): End {
  return end === 0 ? 1 : 0;
}

/** What one direction of a line is like, its settings and its seed aside. Times of scripted events count from the line's making. */
export type DirectionOptions = Partial<Omit<ChannelOptions, 'settings' | 'receiverSettings' | 'random'>>;
