import { lookup } from 'node:dns/promises';
import { type Check, ok, warning } from '../check.ts';

const name = 'causeway-doctor.localhost';

export const resolver: Check = {
  name: 'names',
  async run() {
    const addresses = await lookup(name, { all: true }).catch(() => []);
    if (addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'))
      return ok('*.localhost leads to this machine.');
    return warning(
      'This machine’s resolver does not know *.localhost. Browsers, curl and git do by themselves; other programs do not.',
      'Let others connect to 127.0.0.1 and send the name as Host header, or install libnss-myhostname (apt-get install libnss-myhostname).',
      addresses.map(({ address }) => `${name} is ${address}`),
    );
  },
};
