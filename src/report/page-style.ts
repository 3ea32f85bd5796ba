/** How a report looks: light and dark as the reader's system is set, on a phone and on paper. */

/**
 * The style sheet. Contrast of text is at least 4.5 to 1 in both. The four hues (blue, vermilion, neutral, bluish green)
 * are told apart with any kind of colour vision.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2128; --quiet: #59616b; --line: #d8dde3; --grid: #e6e9ed;
  --good: #176f33; --bad: #b3261e; --warn: #8a5200; --goodback: #e3f4e7; --badback: #fbe6e4; --warnback: #fdf0d9;
  --hue0: #1f5fbf; --hue1: #b4540a; --hue2: #3a3f47; --hue3: #00866a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171b; --card: #1d2127; --text: #e6e9ed; --quiet: #a3acb8; --line: #363d47; --grid: #2b3038;
  --good: #6fd391; --bad: #ff8f87; --warn: #f0b95c; --goodback: #16301e; --badback: #3b1b19; --warnback: #352812;
  --hue0: #7ab0ff; --hue1: #ffad66; --hue2: #d6dbe1; --hue3: #3fd0ac; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { font-size: 1.5rem; margin: 0 0 4px; display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
h2 { font-size: 1.1rem; margin: 0 0 10px; } h3 { font-size: 1rem; margin: 0; }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px;
  margin: 0 0 16px; }
p { margin: 4px 0; } .quiet { color: var(--quiet); } code, pre, .figure { font-variant-numeric: tabular-nums; }
.badge { border-radius: 6px; padding: 2px 12px; font-weight: 700; letter-spacing: .04em; border: 1px solid; }
.pass { color: var(--good); background: var(--goodback); } .fail { color: var(--bad); background: var(--badback); }
.incomplete { color: var(--warn); background: var(--warnback); }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.reasons { margin: 10px 0 0; padding-left: 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 12px; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
.tile .large { font-size: 1.5rem; font-weight: 650; }
meter { width: 100%; height: 12px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92em; }
caption { text-align: left; color: var(--quiet); padding: 0 0 6px; }
th, td { text-align: left; padding: 4px 9px 4px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { font-weight: 600; } thead th { border-bottom: 2px solid var(--line); }
.figure { text-align: right; white-space: nowrap; } td.figure:last-child, th.figure:last-child { padding-right: 0; }
.controls { display: flex; gap: 6px; flex-wrap: wrap; align-items: center; margin: 0 0 12px; }
button, input, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line);
  border-radius: 6px; padding: 3px 10px; } button { cursor: pointer; }
button[aria-pressed=true] { border-color: var(--hue0); box-shadow: inset 0 0 0 1px var(--hue0); }
button:focus-visible, .plot:focus-visible, .list:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible {
  outline: 2px solid var(--hue0); outline-offset: 2px; }
figure { margin: 0 0 22px; } figcaption { display: flex; gap: 4px 16px; flex-wrap: wrap; align-items: baseline; }
.plot { min-height: 220px; cursor: crosshair; user-select: none; touch-action: pan-y; }
.plot svg { display: block; width: 100%; height: auto; }
.legend { display: flex; gap: 2px 18px; flex-wrap: wrap; font-size: .88rem; } .legend svg { vertical-align: middle; }
.legend b { display: inline-block; min-width: 5.5em; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--grid); } .tick { fill: var(--quiet); font-size: 11px; }
.curve { fill: none; stroke-width: 1.6; stroke-linejoin: round; } .band { opacity: .18; stroke: none; }
.dash1 { stroke-dasharray: 6 3; } .dash2 { stroke-dasharray: 2 3; }
.curve.hue0 { stroke: var(--hue0); } .curve.hue1 { stroke: var(--hue1); }
.curve.hue2 { stroke: var(--hue2); } .curve.hue3 { stroke: var(--hue3); }
.band.hue0, .dot.hue0 { fill: var(--hue0); } .band.hue1, .dot.hue1 { fill: var(--hue1); }
.band.hue2, .dot.hue2 { fill: var(--hue2); } .band.hue3, .dot.hue3 { fill: var(--hue3); }
.ceiling { stroke: var(--text); stroke-width: 1.2; opacity: .75; } .cursor { stroke: var(--text); stroke-width: 1; }
.away { display: none; } .brush { fill: var(--hue0); opacity: .2; } .silence { fill: var(--bad); opacity: .14; }
.mark { stroke: var(--bad); opacity: .5; }
#limits td.quiet { min-width: 15em; } #streams { font-size: .86rem; }
.histograms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 8px 20px; margin: 14px 0; }
.histogram { margin: 0; } .histogram figcaption { display: block; } .histogram .quiet { font-size: .88rem; } .histogram svg { display: block; width: 100%; height: auto; }
.bars rect, .plain { fill: var(--hue0); } .well { fill: var(--good); } .tick-line { stroke: var(--quiet); }
table.bars { max-width: 480px; margin: 0 0 12px; } table.bars td:last-child { width: 55%; padding-right: 0; vertical-align: middle; }
table.bars td svg { display: block; width: 100%; height: 9px; } .unseen { position: absolute; clip-path: inset(50%); }
.list { max-height: 480px; overflow: auto; } .list thead th { position: sticky; top: 0; background: var(--card); }
details { margin: 6px 0 0; } td details { margin: 0; } summary { cursor: pointer; color: var(--quiet); }
pre { overflow-x: auto; background: var(--page); padding: 10px; border-radius: 6px; font-size: .85rem; margin: 6px 0; }
#events td:nth-child(4) { white-space: pre-wrap; overflow-wrap: anywhere; }
footer { color: var(--quiet); font-size: .88rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 16px; }
.two > * { min-width: 0; }
@media (max-width: 600px) { main { padding: 8px 6px 32px; } section, header { padding: 12px 10px; border-radius: 6px; }
  h1 { font-size: 1.25rem; } .legend b { min-width: 4em; } }
@media print { :root { --page: #fff; --card: #fff; --text: #000; --quiet: #444; --line: #bbb; --grid: #ddd; color-scheme: light;
    --good: #176f33; --bad: #b3261e; --warn: #8a5200; --hue0: #1f5fbf; --hue1: #b4540a; --hue2: #3a3f47; --hue3: #00866a;
    --goodback: #e3f4e7; --badback: #fbe6e4; --warnback: #fdf0d9; font-size: 11px; }
  * { print-color-adjust: exact; } body { font-size: 11px; } main { max-width: none; padding: 0; }
  section, header { border: 0; border-top: 1px solid #bbb; border-radius: 0; padding: 10px 0; }
  .controls, .hint, details:not([open]) { display: none; } .list { max-height: none; overflow: visible; } .list thead th { position: static; }
  figure, tr, .tile { break-inside: avoid; } h2 { break-after: avoid; } }
`;
