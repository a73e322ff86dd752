import type { Plant } from './plants.ts';

const environment = '../capabilities/environments/environment';
const world = 'environments';

/** What could be wrong with the reconcilers of environments, and with time. */
export const environmentPlants: Readonly<Record<string, Plant>> = {
  'own-clock': {
    bug: 'each server goes by its own wall clock, which somebody may set',
    world,
    within: 100,
    replace: [
      { file: 'shared-clock.ts', text: 'now: () => Math.floor(offset + own.elapsed())', by: 'now: own.now' },
    ],
  },
  'carried-by-wall': {
    bug: 'between two looks at the shared clock a server goes by its own wall clock, which somebody may set',
    world,
    within: 100,
    replace: [
      {
        file: 'shared-clock.ts',
        text: 'now: () => Math.floor(offset + own.elapsed())',
        by: 'now: (began => () => Math.floor(offset + own.now() - began))(own.now() - own.elapsed())',
      },
    ],
  },
  'ready-early': {
    bug: 'an environment tells that it is ready before its services serve',
    world,
    within: 20,
    replace: [
      {
        file: `${environment}/environment-status.ts`,
        text: "const waiting = progress.filter(({ step }) => step !== 'Serving');",
        by: "const waiting = progress.filter(({ step }) => step === 'Failed');",
      },
    ],
  },
  'jump-unheard': {
    bug: 'nobody looks again when the clock was set: timers go on as if nothing had happened',
    world,
    within: 20,
    replace: [{ file: 'shared-clock.ts', text: '    onJump();', by: '' }],
  },
  'routes-forgotten': {
    bug: 'an environment goes while its routes are still there',
    world,
    within: 100,
    replace: [
      {
        file: `${environment}/tear-down.ts`,
        text: "if (routes > 0) return plural(routes, 'route');",
        by: '',
      },
    ],
  },
  'rollouts-unawaited': {
    bug: 'an environment is let go before its rollouts are gone',
    world,
    within: 20,
    replace: [
      {
        file: `${environment}/tear-down.ts`,
        text: 'const { namespace, name } = environment.metadata;\n  const inIt',
        by: 'if (engine) return undefined;\n  const { namespace, name } = environment.metadata;\n  const inIt',
      },
    ],
  },
  'replica-unheard': {
    bug: 'an environment on its way out does not hear that its last replica has gone',
    world,
    within: 100,
    replace: [
      {
        file: `${environment}/environment-controller.ts`,
        text: 'keys: replica => itsEnvironment(replica).filter(goes)',
        by: 'keys: replica => (replica.metadata.deletionTimestamp ? itsEnvironment(replica) : [])',
      },
      // What comes late is looked at in the last moment, which often brings it back by chance.
      { file: `${environment}/tear-down.ts`, text: 'if (late !== undefined) throw', by: 'if (false) throw' },
    ],
  },
  'extension-dropped': {
    bug: 'a change of the request takes back by how long its environment was extended',
    world,
    within: 300,
    replace: [
      {
        file: '../capabilities/environments/request/environment-for.ts',
        text: '...(extension === undefined ? {} : { extension }),',
        by: '',
      },
    ],
  },
  'status-in-memory': {
    bug: 'that an environment is gone is not stored with its request: whoever starts anew makes it again',
    world,
    within: 100,
    replace: [
      {
        file: '../capabilities/environments/request/request-status.ts',
        text: "gone: { at: new Date(now).toISOString(), reason: expired ? 'Expired' : 'Deleted' },",
        by: '',
      },
    ],
  },
};
