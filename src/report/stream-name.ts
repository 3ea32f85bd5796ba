/** What a report calls the streams of a run: by category, and by payload and size where that leaves several alike. */
import type { Result } from '../soak/result.ts';

/** What a profile or a plan says of one of its streams, as far as it can be read. */
interface Said {
  readonly payload?: unknown;
  readonly size?: { readonly min?: unknown; readonly max?: unknown };
}

/** One name per stream of `result`, in its order. */
export function streamNames({ streams, profile }: Pick<Result, 'streams' | 'profile'>): string[] {
  const { streams: planned } = (profile ?? {}) as { streams?: unknown };
  const said: readonly (Said | null | undefined)[] = Array.isArray(planned) ? planned : [];
  // A profile of old, or of another program, may have other streams.
  const isKnown = said.length === streams.length;
  return streams.map((stream, index) => {
    const alike = streams.flatMap(({ from, to, category }, other) =>
      from === stream.from && to === stream.to && category === stream.category ? [other] : [],
    );
    if (alike.length === 1) return stream.category;
    const ways = isKnown ? [payloadOf, detailsOf] : [];
    const telling = ways.find((way) => new Set(alike.map((other) => way(said[other]))).size === alike.length);
    return `${stream.category}, ${telling?.(said[index]) ?? `stream ${index}`}`;
  });
}

function payloadOf(said: Said | null | undefined): string {
  return String(said?.payload);
}

function detailsOf(said: Said | null | undefined): string {
  const { min, max } = said?.size ?? {};
  return `${payloadOf(said)}, ${min === max ? min : `${min} to ${max}`} B`;
}
