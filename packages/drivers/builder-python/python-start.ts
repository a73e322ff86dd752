import type { SourceTree } from '@causeway/contracts';
import type { PyProject } from './pyproject.ts';

/** Looked for in this order. */
export const programFiles = ['app.py', 'main.py', 'wsgi.py', 'asgi.py', 'server.py'];

const host = '${HOST:-127.0.0.1}';
const gunicorn = (application: string): string => `gunicorn --bind ${host}:$PORT ${application}`;
const uvicorn = (application: string): string => `uvicorn --host ${host} --port $PORT ${application}`;

/** The variable that holds an application of such a class: `api = FastAPI(…)`. */
const variableOf = (text: string, classes: readonly string[]): string | undefined =>
  new RegExp(`^([A-Za-z_]\\w*)\\s*(?::[^=\\n]+)?=\\s*(?:\\w+\\.)*(?:${classes.join('|')})\\(`, 'm').exec(
    text,
  )?.[1];

const ofFile = (file: string, text: string, has: (name: string) => boolean): string => {
  const module = file.slice(0, -3);
  const asgi = variableOf(text, ['FastAPI', 'Starlette', 'Litestar', 'Quart']);
  if (asgi !== undefined && has('uvicorn')) return uvicorn(`${module}:${asgi}`);
  const wsgi = variableOf(text, ['Flask', 'Bottle', 'get_wsgi_application', 'create_app']);
  const callable = wsgi ?? /^def (application|app)\(/m.exec(text)?.[1];
  if (callable !== undefined && has('gunicorn')) return gunicorn(`${module}:${callable}`);
  // `python app.py` of a program that starts itself keeps its own choices; a bare Flask module only defines.
  if (wsgi !== undefined && has('flask') && !/__name__\s*==\s*["']__main__["']/.test(text))
    return `flask --app ${module} run --host ${host} --port $PORT`;
  return `python ${file}`;
};

/** Django keeps wsgi.py beside the settings, in a folder of the project's name. */
const django = async (source: SourceTree, has: (name: string) => boolean): Promise<string | undefined> => {
  if (!(await source.exists('manage.py'))) return undefined;
  for (const folder of await source.list('.')) {
    const name = folder.slice(0, -1);
    if (!folder.endsWith('/') || !/^[A-Za-z_]\w*$/.test(name)) continue;
    if (has('uvicorn') && !has('gunicorn') && (await source.exists(`${name}/asgi.py`)))
      return uvicorn(`${name}.asgi:application`);
    if (has('gunicorn') && (await source.exists(`${name}/wsgi.py`))) return gunicorn(`${name}.wsgi`);
  }
  return `python manage.py runserver --noreload ${host}:$PORT`;
};

/** A script of pyproject.toml, without the project being installed: `module:function`. */
const ofScripts = ({ scripts, name }: PyProject): string | undefined => {
  const names = Object.keys(scripts);
  const chosen = names.length === 1 ? names[0] : names.find(script => script === name);
  const match = /^([\w.]+):([\w.]+)$/.exec(chosen === undefined ? '' : scripts[chosen]!.trim());
  if (!match) return undefined;
  const [head = ''] = match[2]!.split('.');
  return `python -c 'import sys; from ${match[1]} import ${head}; sys.exit(${match[2]}())'`;
};

/** The command line of the web process, or `undefined` when nothing says it. `names` are the declared packages. */
export const pythonStart = async (
  source: SourceTree,
  pyproject: PyProject | undefined,
  names: ReadonlySet<string>,
): Promise<string | undefined> => {
  const has = (name: string): boolean => names.has(name);
  const web = await django(source, has);
  if (web !== undefined) return web;
  for (const file of programFiles) {
    const text = await source.read(file);
    if (text !== undefined) return ofFile(file, text, has);
  }
  return pyproject && ofScripts(pyproject);
};
