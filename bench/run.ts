/** The entry of `npm run bench [-- NAME... --OPTION=NUMBER...]`: runs the benches named, or all short ones. */
import { crcBench } from './crc.ts';
import { dashboardBench } from './dashboard.ts';
import { framingBench } from './framing.ts';
import { cpuBench } from './line/cpu-bench.ts';
import { lineBench } from './line/line-bench.ts';
import { transportBench } from './transport.ts';

const BENCHES = [crcBench, framingBench, transportBench, lineBench, cpuBench, dashboardBench];

const words = process.argv.slice(2);
const wanted = words.filter((word) => word === '--help' || !word.startsWith('--'));
const options = words.filter((word) => word.startsWith('--'));
const unknown = wanted.filter((name) => name !== '--help' && !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0 || wanted.includes('--help')) {
  console.error(`${unknown.length > 0 ? `no bench named ${unknown.join(', ')}; ` : ''}there are:`);
  for (const { name, about } of BENCHES) console.error(`  ${name.padEnd(10)} ${about}`);
  process.exit(2);
}

const missed: string[] = [];
for (const bench of BENCHES) {
  if (wanted.length > 0 ? !wanted.includes(bench.name) : bench.isLong) continue;
  console.log(`\n== ${bench.name}: ${bench.about}`);
  missed.push(
    ...(await bench.run((text) => console.log(text), options)).map((text) => `${bench.name}: ${text}`),
  );
}
for (const text of missed) console.log(`\nnot reached: ${text}`);
process.exitCode = missed.length > 0 ? 1 : 0;
