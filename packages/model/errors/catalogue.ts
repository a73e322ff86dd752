/**
 * The one catalogue of errors. `status` is the HTTP status; `reason` the Kubernetes
 * `Status.reason`; `retry` says whether the same call may succeed later; `next` is what
 * the person can do now. docs/reference/errors.md is generated from it.
 */
export interface CatalogueEntry {
  readonly status: number;
  readonly reason: string;
  readonly retry: boolean;
  readonly next: string;
}

const entry = (status: number, reason: string, next: string, retry = false): CatalogueEntry => ({
  status,
  reason,
  retry,
  next,
});

export const catalogue = {
  // requests
  BadRequest: entry(400, 'BadRequest', 'Correct the request and send it again.'),
  Invalid: entry(422, 'Invalid', 'Correct the named fields and send it again.'),
  Unauthenticated: entry(401, 'Unauthorized', 'Sign in with `platform login`.'),
  Forbidden: entry(403, 'Forbidden', 'Ask an owner of the team for a role that allows it.'),
  QuotaExceeded: entry(
    403,
    'Forbidden',
    'Delete what is no longer needed, or ask who runs the platform to raise spec.quota of the team.',
  ),
  PolicyDenied: entry(
    403,
    'Forbidden',
    'Do as each policy says, or ask for an exception: platform exception request POLICY KIND/NAME.',
  ),
  NotFound: entry(404, 'NotFound', 'Check the name and the team; `platform get` lists what exists.'),
  AlreadyExists: entry(409, 'AlreadyExists', 'Choose another name, or change the existing object.'),
  Conflict: entry(409, 'Conflict', 'Read the object again and repeat the change on what you read.', true),
  ApplyConflict: entry(
    409,
    'Conflict',
    'Leave the fields out, apply the values they have, or take them over with --force-conflicts.',
  ),
  NotMergeable: entry(
    409,
    'Conflict',
    'Take away what stands in the way; `platform change describe NAME` shows it.',
  ),
  MethodNotAllowed: entry(
    405,
    'MethodNotAllowed',
    'Use one of the verbs that `kubectl api-resources -o wide` lists.',
  ),
  NotAcceptable: entry(406, 'NotAcceptable', 'Ask for application/json.'),
  UnsupportedMediaType: entry(
    415,
    'UnsupportedMediaType',
    'Send application/json, or for a patch merge or JSON patch (kubectl: --type=merge).',
  ),
  TooLarge: entry(413, 'RequestEntityTooLarge', 'Send less: an object holds at most 1 MiB.'),
  Expired: entry(410, 'Expired', 'List again and watch from the new resourceVersion.', true),
  TooManyRequests: entry(429, 'TooManyRequests', 'Wait as Retry-After says, then try again.', true),
  Unavailable: entry(
    503,
    'ServiceUnavailable',
    'Wait a moment and try again; `platform status` shows what is down.',
    true,
  ),
  MachineFull: entry(
    503,
    'ServiceUnavailable',
    'Make room on the machine that runs it, then try again; `platform doctor` tells what is left.',
    true,
  ),
  Timeout: entry(504, 'Timeout', 'Try again; `platform status` shows what is slow.', true),
  Internal: entry(
    500,
    'InternalError',
    'Try again; if it persists run `platform doctor` and report the id.',
    true,
  ),

  // git
  PushRefused: entry(403, 'Forbidden', 'Correct what is named above and push again.'),
  PushTooLarge: entry(
    413,
    'RequestEntityTooLarge',
    'Remove large files from the commits (git rm --cached, then git commit --amend); keep data outside git.',
  ),
  RepositoryNotFound: entry(
    404,
    'NotFound',
    'Check the clone URL: `platform get service NAME -o json` has .status.cloneUrl.',
  ),

  // builds
  NothingToBuild: entry(
    422,
    'Invalid',
    'Add a package.json, server.js, requirements.txt, pyproject.toml, go.mod, index.html or Procfile, or set spec.build.start on the service.',
  ),
  ToolMissing: entry(422, 'Invalid', 'Install the named tool on this machine, then run `platform deploy`.'),
  UnsafeTree: entry(422, 'Invalid', 'Remove the named entry from the repository and push again.'),
  InstallFailed: entry(422, 'Invalid', 'Correct the dependencies (the last lines name them) and push again.'),
  BuildFailed: entry(422, 'Invalid', 'Correct the build (the last lines show why) and push again.'),
  TestsFailed: entry(
    422,
    'Invalid',
    'Correct the tests and push again; spec.build.test.enabled: false switches them off.',
  ),
  BuildInterrupted: entry(
    503,
    'ServiceUnavailable',
    'Run `platform deploy` to build the commit again.',
    true,
  ),

  // replicas and rollouts
  ProcessExited: entry(422, 'Invalid', 'Read the last lines, correct the program, push again.'),
  OutOfMemory: entry(
    422,
    'Invalid',
    'Raise spec.resources.memory on the service, or make the program use less.',
  ),
  NotListening: entry(
    422,
    'Invalid',
    'Listen on the port in the PORT variable (host 0.0.0.0 or 127.0.0.1), or set spec.http.port; spec.http.startTimeout gives a slow start more time.',
  ),
  WrongPort: entry(
    422,
    'Invalid',
    'Listen on the port in the PORT variable, or set spec.http.port to the port the program insists on.',
  ),
  MissingVariable: entry(
    422,
    'Invalid',
    'Set the variable: `platform set NAME VARIABLE=value`, or spec.variables on the service.',
  ),
  Unhealthy: entry(422, 'Invalid', 'Make the health path answer 2xx or 3xx, or set spec.http.healthPath.'),
  SmokeCheckFailed: entry(
    422,
    'Invalid',
    'Correct the program or spec.smoke, then push again. The previous release kept serving.',
  ),
  ReleaseCommandFailed: entry(
    422,
    'Invalid',
    'Correct the release command (Procfile `release:` or spec.build.release) and push again.',
  ),
  StartFailed: entry(422, 'Invalid', 'Check the start command (Procfile `web:` or spec.build.start).'),
  RolloutTimeout: entry(
    504,
    'Timeout',
    'See `platform describe service NAME` for what it waits for, then `platform deploy`.',
    true,
  ),
  PromotionWaiting: entry(
    409,
    'Conflict',
    'Do what each gate asks for; the promotion goes on by itself as soon as they are open.',
    true,
  ),
  ReleaseNotFound: entry(404, 'NotFound', 'Choose one of the releases that `platform releases NAME` lists.'),

  // the machine
  PortInUse: entry(500, 'InternalError', 'Stop the named process, or choose another port with --port.'),
  AlreadyRunning: entry(
    409,
    'Conflict',
    'Use it as it is (`platform status`), or stop it first with `platform down`.',
  ),
  NotRunning: entry(503, 'ServiceUnavailable', 'Start it with `platform up`.'),
  DataTooNew: entry(
    500,
    'InternalError',
    'Run the newer version of Causeway that wrote this folder, or choose another with --data.',
  ),
  DataUnusable: entry(500, 'InternalError', 'Choose another folder with --data, or correct its permissions.'),
  StartupFailed: entry(
    500,
    'InternalError',
    'Read the log lines above; `platform doctor` names known causes.',
  ),
  Unsupported: entry(500, 'InternalError', 'See docs/reference/requirements.md for what is supported.'),
  Usage: entry(400, 'BadRequest', 'See --help.'),
} as const;

export type ErrorCode = keyof typeof catalogue;
