import { BuildKind, type ObjectKey, RolloutKind, type Service, ServiceKind } from '@causeway/model';
import type { Capabilities } from '../../settings.ts';
import { hostNames, urlOf } from '../host-names.ts';
import { type Story, tellStory } from './story.ts';

const giveUpMs = 30 * 60_000;

/** A push of which nothing is built: something newer took its place, or it would repeat the build that it names. */
export type Unbuilt = 'superseded' | { readonly repeats: string };

/** Names the sequence of what is followed once it is known, or why there is none. */
export type FindSequence = (service: Service) => number | Unbuilt | undefined;

/** Lines about a build and its rollout as things happen, until it serves, failed or was superseded. */
export async function* followBuild(
  { engine, addresses }: Pick<Capabilities, 'engine' | 'addresses'>,
  key: ObjectKey,
  find: FindSequence,
  signal: AbortSignal,
): AsyncGenerator<string, Story['outcome']> {
  const { store, clock, onChange } = engine;
  let wake = () => {};
  const ends = [ServiceKind, BuildKind, RolloutKind].map(kind =>
    onChange(kind, ({ object }) => {
      if (object.metadata.namespace === key.namespace) wake();
    }),
  );
  const deadline = clock.now() + giveUpMs;
  let told = 0;
  try {
    while (!signal.aborted && clock.now() < deadline) {
      const changed = new Promise<void>(resolve => {
        wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const service = store.peek(ServiceKind, key);
      if (!service) return 'failed';
      const sequence = find(service);
      if (sequence === 'superseded') {
        yield `  - superseded by ${key.name}.${service.status?.sequence}, which is released instead`;
        return 'superseded';
      }
      if (typeof sequence === 'object') {
        yield `  - nothing to build: only files of the platform differ; ${sequence.repeats} goes on`;
        return 'unbuilt';
      }
      if (sequence !== undefined) {
        const name = `${key.name}.${sequence}`;
        const story = tellStory(
          service,
          store.peek(BuildKind, { namespace: key.namespace, name }),
          {
            rollout: environment =>
              store.peek(RolloutKind, { namespace: key.namespace, name: `${key.name}.${environment}` }),
            url: environment =>
              urlOf(hostNames(store, service, environment, addresses).names[0] ?? '', addresses),
          },
          name,
        );
        for (; told < story.lines.length; told += 1) yield story.lines[told] ?? '';
        if (story.outcome) return story.outcome;
      }
      await changed;
    }
    return undefined;
  } finally {
    for (const end of ends) end();
  }
}
