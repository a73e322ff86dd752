/**
 * The servers that a connection string names, a connection string each, in order: `postgresql://user@one:5432,two:5433/db`, or
 * lists in the parameters `host` and `port`, as in libpq (PostgreSQL, 32.1.1.3 “Specifying Multiple Hosts”).
 */
export const serversIn = (connectionString: string): string[] => {
  const [, start = '', hosts = '', rest = ''] =
    /^([a-z]+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/is.exec(connectionString) ?? [];
  const named = hosts.split(',').map(host => `${start}${host}${rest}`);
  const [first = ''] = named;
  if (start === '' || !URL.canParse(first)) return [connectionString];
  const { searchParams } = new URL(first);
  const list = (name: string): string[] => searchParams.get(name)?.split(',') ?? [];
  const [parameterHosts, ports] = [list('host'), list('port')];
  const count = Math.max(named.length, parameterHosts.length);
  if (count === 1) return [connectionString];
  return Array.from({ length: count }, (_, index) => {
    const url = new URL(named[index] ?? first);
    const host = parameterHosts[index];
    // One port holds for all, as there.
    const port = ports[index] ?? ports[0];
    if (host !== undefined) url.searchParams.set('host', host);
    if (port !== undefined) url.searchParams.set('port', port);
    return url.href;
  });
};
