/** The state table as a Mermaid diagram, for the documentation. Draws nothing itself. */
import { CONNECTION_STATES, stimuliOf, transition } from './connection-state.ts';

/** One `stateDiagram-v2` with an arrow for every pair of states, labelled with what leads from one to the other. */
export function stateDiagram(): string {
  const lines = ['stateDiagram-v2', '    [*] --> idle'];
  for (const from of CONNECTION_STATES) {
    const labels = new Map<string, string[]>();
    for (const stimulus of stimuliOf(from)) {
      const found = transition(from, stimulus);
      if (found === undefined || found.to === from) continue;
      labels.set(found.to, [...(labels.get(found.to) ?? []), stimulus]);
    }
    for (const [to, stimuli] of labels) lines.push(`    ${from} --> ${to}: ${stimuli.join(', ')}`);
  }
  lines.push('    closed --> [*]');
  return lines.join('\n');
}

/** Every state with every stimulus it reacts to, as a Markdown table. */
export function stateTable(): string {
  const lines = ['| state | stimulus | becomes | effect | rule |', '| --- | --- | --- | --- | --- |'];
  for (const from of CONNECTION_STATES) {
    for (const stimulus of stimuliOf(from)) {
      const found = transition(from, stimulus);
      if (found === undefined) continue;
      lines.push(`| ${from} | ${stimulus} | ${found.to} | ${found.effect} | ${found.rule} |`);
    }
  }
  return lines.join('\n');
}
