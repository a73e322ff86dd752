import type { ActionDefinition } from '@causeway/api';
import { type Capabilities, extend, recreate, renew, retry, setAsleep } from '@causeway/capabilities';
import { EnvironmentKind, EnvironmentRequestKind } from '@causeway/model';
import { actionBody } from '../requests.ts';

/** What people do with environments beside writing them. */
export const environmentActions = (capabilities: Capabilities): readonly ActionDefinition[] => {
  const role = 'developer';
  return [
    {
      kind: EnvironmentKind,
      name: 'extend',
      role,
      handle: (key, body, actor) => extend(capabilities, key, actionBody(body, 'by'), actor),
    },
    {
      kind: EnvironmentKind,
      name: 'renew',
      role,
      handle: (key, _body, actor) => renew(capabilities, key, actor),
    },
    {
      kind: EnvironmentKind,
      name: 'sleep',
      role,
      handle: (key, _body, actor) => setAsleep(capabilities, key, true, actor),
    },
    {
      kind: EnvironmentKind,
      name: 'wake',
      role,
      handle: (key, _body, actor) => setAsleep(capabilities, key, false, actor),
    },
    {
      kind: EnvironmentKind,
      name: 'retry',
      role,
      handle: (key, _body, actor) => retry(capabilities, key, actor),
    },
    {
      kind: EnvironmentRequestKind,
      name: 'recreate',
      role,
      handle: (key, _body, actor) => recreate(capabilities, key, actor),
    },
  ];
};
