/** What may be cited: the numbers of [MS-DPDX]'s sections, of the companions' known ones, and of the ambiguities. Holds no rows. */
import { read } from '../tidy/masked-source.ts';

/** On what a reading of an ambiguous place rests: the text itself, a companion specification, or a choice of ours. */
export type Basis = 'text' | 'companion' | 'choice';

/** The content of sections.json. */
export interface Specification {
  /** Title of each section of [MS-DPDX], by number. */
  readonly sections: Readonly<Record<string, string>>;
  /** Known section numbers of each companion specification, by its short name. */
  readonly companions: Readonly<Record<string, readonly string[]>>;
  /** Title and basis of each ambiguity, by id. */
  readonly ambiguities: Readonly<Record<string, { readonly title: string; readonly basis: Basis }>>;
}

/** Reads sections.json. */
export function readSpecification(): Specification {
  return JSON.parse(read('test/conformance/sections.json')) as Specification;
}
