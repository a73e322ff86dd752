import { delimiter, dirname, join } from 'node:path';

/**
 * What a build takes over from the platform's environment: how to reach registries, and through what. Nothing else, for the rest is
 * the platform's own business.
 */
const inherited = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_DEFAULT_TIMEOUT',
  'UV_INDEX_URL',
  'UV_DEFAULT_INDEX',
  'UV_NATIVE_TLS',
  'GOPROXY',
  'GONOPROXY',
  'GOPRIVATE',
  'GOSUMDB',
  'GONOSUMDB',
  'GOTOOLCHAIN',
  'npm_config_registry',
  'NPM_CONFIG_REGISTRY',
  'TZ',
];

/** A variable of every process of a build; its value is the build’s folder. It finds those that left their process group. */
export const markerVariable = 'CAUSEWAY_BUILD';

export interface BuildPlace {
  readonly home: string;
  /** For temporary files, as commands see it. */
  readonly tmp: string;
  /** The team's download and compiler caches. */
  readonly cache: string;
  /** Where programs are looked for. */
  readonly path: readonly string[];
}

/** `{source}` in the plan's variables is the folder that the application lies in. */
export const atSource = (
  variables: Readonly<Record<string, string>>,
  source: string,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replaceAll('{source}', source)]),
  );

/** The whole environment of install, build and test commands. The plan's `PATH` comes before the machine's. */
export const buildVariables = (
  { home, tmp, cache, path }: BuildPlace,
  platform: NodeJS.ProcessEnv,
  plan: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const { PATH: first, ...others } = plan;
  const taken = inherited.flatMap(name =>
    platform[name] === undefined ? [] : [[name, platform[name]] as const],
  );
  return {
    ...Object.fromEntries(taken),
    LANG: 'C.UTF-8',
    CI: 'true',
    HOME: home,
    TMPDIR: tmp,
    // Nobody's repository but the application's own, which is not there, may be found above.
    GIT_CEILING_DIRECTORIES: dirname(home),
    GIT_TERMINAL_PROMPT: '0',
    npm_config_cache: join(cache, 'npm'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_progress: 'false',
    npm_config_update_notifier: 'false',
    PIP_CACHE_DIR: join(cache, 'pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    UV_CACHE_DIR: join(cache, 'uv'),
    // A hard link into the cache would be made read-only together with the installed file.
    UV_LINK_MODE: 'copy',
    UV_COMPILE_BYTECODE: '1',
    UV_PYTHON_DOWNLOADS: 'never',
    GOCACHE: join(cache, 'go-build'),
    GOMODCACHE: join(cache, 'go-modules'),
    GOPATH: join(cache, 'go'),
    ...others,
    PATH: [...(first === undefined ? [] : [first]), ...path].join(delimiter),
    [markerVariable]: dirname(home),
  };
};
