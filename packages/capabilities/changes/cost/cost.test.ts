import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Service, ServiceKind } from '@causeway/model';
import { environmentCost, shareOfMonth } from './environment-cost.ts';
import { hoursInMonth, rounded } from './rates.ts';
import { serviceCost } from './service-cost.ts';

const rates = { currency: 'EUR', cpu: 20, memory: 4, storage: 0.1 };
const service = (spec: object): Pick<Service, 'spec'> => ({
  spec: ServiceKind.spec.parse(spec) as Service['spec'],
});
const api = service({ replicas: 2, resources: { cpu: '500m', memory: '512Mi' } });
/** 500m and 512Mi. */
const copy = 10 + 2;

describe('[SRC9] what things cost a month, by the rate card', () => {
  test('a service: all copies of all its processes', () => {
    assert.equal(serviceCost(api, rates), 2 * copy);
    assert.equal(serviceCost(api, rates, ['web', 'worker', 'clock']), 4 * copy);
    const asleep = service({ ...api.spec, replicas: 0, processes: [{ name: 'worker', replicas: 3 }] });
    assert.equal(serviceCost(asleep, rates, ['web', 'worker']), 3 * copy);
    assert.equal(
      serviceCost(api, rates, ['worker']),
      copy,
      'without a web process its replicas do not count',
    );
  });

  test('an environment: what it says of its services, for the share of the month that it is there', () => {
    const find = (name: string) =>
      name === 'api' ? { service: api, processes: ['web', 'worker'] } : undefined;
    const cost = (settings: object) => environmentCost(settings, rates, '730h', find);
    assert.equal(cost({ services: [{ name: 'api' }] }), 3 * copy);
    assert.equal(cost({ services: [{ name: 'api', replicas: 5 }, { name: 'unknown' }] }), 6 * copy);
    assert.equal(cost({ services: [{ name: 'api' }], lifetime: '365h' }), 1.5 * copy);
    assert.equal(cost({ services: [{ name: 'api' }], lifetime: '52w' }), 3 * copy, 'a month at most');
    assert.equal(cost({ services: [{ name: 'api', replicas: 0 }], size: 'small' }), 5 + 1);
    assert.equal(cost({}), 0);
    assert.equal(rounded(shareOfMonth('14d')), rounded((14 * 24) / hoursInMonth));
  });
});
