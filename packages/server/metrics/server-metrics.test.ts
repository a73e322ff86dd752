import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { defineController } from '@causeway/engine';
import { ServiceKind } from '@causeway/model';
import { realPromtool } from '@causeway/testkit';
import { startTestServer } from '../testing/test-server.ts';
import { engineGauges } from './engine-metrics.ts';
import { metricsRoute } from './metrics-route.ts';

const secretName = 'acquisition-of-hooli';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The text format, read strictly: whatever is neither a comment nor a sample fails. */
const parse = (text: string): Sample[] =>
  text
    .split('\n')
    .filter(line => line !== '' && !/^# (HELP|TYPE) [a-z_][a-z0-9_]* .+$/.test(line))
    .map(line => {
      const [, name = '', labels = '', value = ''] =
        /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.e+-]+|Nan|[+-]?Inf)$/.exec(line) ?? assert.fail(line);
      const pairs = Array.from(labels.matchAll(/([a-z_]\w*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/g));
      assert.equal(pairs.map(([pair]) => pair).join(''), labels, line);
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, key, text]) => [key, text])),
        value: Number(value),
      };
    });

const start = () =>
  startTestServer(({ metrics, engine, database }) => {
    metrics.onScrape(engineGauges(metrics.registry, () => engine.reading(), database));
    return [metricsRoute(metrics)];
  });

describe('/metrics', () => {
  test('[ACC1] is for those who run the platform, and for whoever has the token of this machine', async () => {
    const { ask, token, close } = await start();
    try {
      const statusOf = async (bearer?: string) => (await ask('/metrics', bearer)).status;
      assert.equal(await statusOf(), 401);
      assert.equal(await statusOf('wrong'), 401);
      assert.equal(await statusOf(await token('olga')), 403);
      assert.equal(await statusOf(await token('ada')), 200);
      const collector = await token('system:metrics:local');
      assert.equal(await statusOf(collector), 200);
      assert.equal((await ask('/apis/causeway.dev/v1/services', collector)).status, 403);
    } finally {
      await close();
    }
  });

  test('[OPS5] what happened is counted, in a form that Prometheus reads, without names of people or objects', async context => {
    const { engine, ask, token, close } = await start();
    const promtool = realPromtool();
    try {
      const bearer = await token('ada');
      const services = '/apis/causeway.dev/v1/namespaces/shop/services';
      const watching = new AbortController();
      const watch = await ask(`${services}?watch=true`, bearer, { signal: watching.signal });
      const controller = engine.run(
        defineController({
          name: 'metrics-test',
          kind: ServiceKind,
          async reconcile() {
            return undefined;
          },
        }),
      );
      const body = JSON.stringify({ metadata: { name: secretName } });
      assert.equal((await ask(services, bearer, { method: 'POST', body })).status, 201);
      assert.equal((await ask(`${services}/${secretName}`, bearer)).status, 200);
      assert.equal((await ask(`${services}/${secretName}/${secretName}`, bearer)).status, 404);
      assert.equal((await ask(`/apis/${secretName}/v1/${secretName}`, bearer)).status, 404);
      assert.equal((await ask(`/${secretName}?${secretName}=1`, bearer)).status, 404);
      const first = await watch.body?.getReader().read();
      assert.match(Buffer.from(first?.value ?? []).toString(), /ADDED/);

      const scrape = async () => {
        const answer = await ask('/metrics', bearer);
        assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
        return answer.text();
      };
      const valueIn = (samples: readonly Sample[], name: string, labels: Record<string, string> = {}) =>
        samples.find(
          one =>
            one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
        )?.value;
      const kind = 'services.causeway.dev';
      let text = '';
      let samples: Sample[] = [];
      for (let attempt = 0; attempt < 500; attempt++) {
        text = await scrape();
        samples = parse(text);
        const looked = valueIn(samples, 'causeway_controller_reconcile_duration_seconds_count', {
          controller: 'metrics-test',
          outcome: 'done',
        });
        if (looked) break;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      const expected: [string, Record<string, string>, number][] = [
        ['causeway_api_requests_total', { verb: 'create', resource: 'services', code: '201' }, 1],
        ['causeway_api_requests_total', { verb: 'get', resource: 'services', code: '200' }, 1],
        ['causeway_api_requests_total', { verb: 'get', resource: 'services', code: '404' }, 1],
        ['causeway_api_requests_total', { verb: 'get', resource: 'unknown', code: '404' }, 2],
        ['causeway_api_request_duration_seconds_count', { verb: 'create', resource: 'services' }, 1],
        [
          'causeway_api_request_duration_seconds_bucket',
          { verb: 'create', resource: 'services', le: '+Inf' },
          1,
        ],
        ['causeway_engine_watchers', { kind }, 1],
        ['causeway_engine_watch_events_total', { kind }, 1],
        ['causeway_engine_objects', { kind }, 1],
        ['causeway_engine_revision', {}, engine.reading().revision],
        ['causeway_engine_revision_lag', {}, 0],
        ['causeway_engine_database_up', {}, 1],
        ['causeway_engine_waiting_writes', {}, 0],
        ['causeway_controller_queue_length', { controller: 'metrics-test' }, 0],
        ['causeway_build_info', { version: '1.2.3' }, 1],
      ];
      for (const [name, labels, value] of expected)
        assert.equal(valueIn(samples, name, labels), value, `${name} ${JSON.stringify(labels)}`);
      const commits = valueIn(samples, 'causeway_engine_commit_duration_seconds_count', {
        outcome: 'committed',
      });
      assert.ok(commits && commits >= 6, `${commits} commits`);
      for (const name of [
        'causeway_engine_audit_sequence',
        'process_cpu_seconds_total',
        'nodejs_eventloop_lag_p99_seconds',
        'process_resident_memory_bytes',
      ])
        assert.ok((valueIn(samples, name) ?? 0) > 0, name);
      assert.doesNotMatch(text, new RegExp(secretName));
      assert.doesNotMatch(text, /\b(ada|olga|shop)\b/);

      watching.abort();
      for (let attempt = 0; attempt < 500; attempt++) {
        samples = parse(await scrape());
        if (valueIn(samples, 'causeway_engine_watchers', { kind }) === 0) break;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      assert.equal(valueIn(samples, 'causeway_engine_watches_ended_total', { kind, reason: 'left' }), 1);
      await controller.stop();
      if (promtool.skip) return context.diagnostic(`promtool did not look: ${promtool.skip}`);
      const judged = spawnSync(promtool.path, ['check', 'metrics'], { input: text, encoding: 'utf8' });
      const complaints = judged.stderr.split('\n').filter(line => /causeway|error while/.test(line));
      assert.deepEqual(complaints, [], 'promtool check metrics');
    } finally {
      await close();
    }
  });
});
