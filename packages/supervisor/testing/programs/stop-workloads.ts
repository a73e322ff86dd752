import { existsSync, readFileSync, rmSync } from 'node:fs';

const folder = `${process.env.CAUSEWAY_DATA}/workloads/one`;
if (existsSync(folder)) {
  process.kill(Number(readFileSync(`${folder}/pid`, 'utf8')));
  rmSync(folder, { recursive: true });
}
