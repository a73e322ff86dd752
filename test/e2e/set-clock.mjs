// Preloaded into a process, it puts that process’s wall clock ahead by as many milliseconds as a file says.
import { readFileSync } from 'node:fs';

const { SET_CLOCK_FILE } = process.env;
const RealDate = Date;
let ahead = 0;

if (SET_CLOCK_FILE !== undefined) {
  setInterval(() => {
    try {
      ahead = Number(readFileSync(SET_CLOCK_FILE, 'utf8')) || 0;
    } catch {}
  }, 100).unref();
  globalThis.Date = class extends RealDate {
    static now() {
      return RealDate.now() + ahead;
    }
    constructor(...given) {
      super(...(given.length === 0 ? [RealDate.now() + ahead] : given));
    }
  };
}
